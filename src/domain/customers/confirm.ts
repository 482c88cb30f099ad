import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { linkInvalid, readLink, redeemLink } from '../links/index.ts';
import { mayAskForMail } from '../throttle/index.ts';
import type { Customer } from './customer.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import { resendConfirmationMail } from './mails.ts';
import { customerByEmail, lockCustomer, updateCustomer } from './queries.ts';

/**
 * Proves a customer's address with the token of the mailed link.
 *
 * @throws {@link linkInvalid} when the link is unknown, used or superseded; {@link linkExpired} when it came too late.
 */
export async function confirmCustomer(app: App, token: string): Promise<Customer> {
  return transact(app, async (app) => {
    // The customer first, then the link, as everybody does: two changes at once cannot wait for each other.
    const { customerId } = await readLink(app, 'confirm', token);
    const customer = await lockCustomer(app.db, customerId);
    await redeemLink(app, 'confirm', token);
    if (!customer) throw linkInvalid({});
    assertMay('confirm', customer.state);
    const confirmed = await updateCustomer(app.db, customerId, { verifiedAt: app.now(), updatedAt: app.now() });
    if (!confirmed) throw linkInvalid({});
    await applyEffects(app, 'confirm', customerId);
    await record(app, {
      action: 'customers.confirmed',
      customerId,
      facts: { from: customer.state, to: confirmed.state },
    });
    return confirmed;
  });
}

/** Mails another confirmation link if the address belongs to an unconfirmed account. Says nothing, and takes as long, either way. */
export async function resendConfirmation(app: App, email: string): Promise<void> {
  if (!(await mayAskForMail(app, email, app.origin.network))) return;
  const customer = await customerByEmail(app.db, email);
  await enqueue(app, resendConfirmationMail, { customerId: customer?.id ?? newId() });
}
