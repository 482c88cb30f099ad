import { type App, transact } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { linkInvalid, openLink, redeemLink } from '../links/index.ts';
import { mayAskForMail } from '../throttle/index.ts';
import type { Customer } from './customer.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import { sendConfirmation } from './mails.ts';
import { customerByEmail, lockCustomer, updateCustomer } from './queries.ts';

/**
 * Proves a customer's address with the token of the mailed link.
 *
 * @throws {@link linkInvalid} when the link is unknown, used or superseded; {@link linkExpired} when it came too late.
 */
export async function confirmCustomer(app: App, token: string): Promise<Customer> {
  return transact(app, async (app) => {
    const { customerId } = await redeemLink(app, 'confirm', token);
    const customer = await lockCustomer(app.db, customerId);
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

/** Seconds before another confirmation mail is sent to the same account. */
const COOL_DOWN_SECONDS = 60;

/** Mails another confirmation link if the address belongs to an unconfirmed account. Says nothing either way. */
export async function resendConfirmation(app: App, email: string): Promise<void> {
  if (!(await mayAskForMail(app, email, app.origin.network))) return;
  const customer = await customerByEmail(app.db, email);
  if (customer?.state !== 'unverified') return;
  const last = await openLink(app, 'confirm', customer.id);
  if (last && last.createdAt > earlier(app.now(), COOL_DOWN_SECONDS)) return;
  await enqueue(app, sendConfirmation, { customerId: customer.id });
}
