import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { linkInvalid, readLink, redeemLink } from '../links/index.ts';
import { mayAskForMail, mayEmailMailbox } from '../throttle/index.ts';
import type { Customer } from './customer.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import { resendConfirmationMail } from './mails.ts';
import { customerByEmail, isRegistrationContested, lockCustomer, updateCustomer } from './queries.ts';

/**
 * Proves a customer's address with the token of the mailed link. `passwordHash` is of a password that the person who has
 * the link chose. A contested registration without one is confirmed without a password: those that strangers may have
 * chosen are void.
 *
 * @throws {@link linkInvalid} when the link is unknown, used or superseded; {@link linkExpired} when it came too late.
 */
export async function confirmCustomer(app: App, token: string, passwordHash?: string): Promise<Customer> {
  return transact(app, async (app) => {
    // The customer first, then the link, as everybody does: two changes at once cannot wait for each other.
    const { customerId } = await readLink(app, 'confirm', token);
    const customer = await lockCustomer(app.db, customerId);
    await redeemLink(app, 'confirm', token);
    if (!customer) throw linkInvalid({});
    assertMay('confirm', customer.state);
    const now = app.now();
    const contested = await isRegistrationContested(app.db, customerId);
    const replacesPassword = contested || passwordHash !== undefined;
    const confirmed = await updateCustomer(app.db, customerId, {
      verifiedAt: now,
      updatedAt: now,
      ...(replacesPassword
        ? { passwordHash: passwordHash ?? null, accessEndedAt: now, registrationContestedAt: null }
        : {}),
    });
    if (!confirmed) throw linkInvalid({});
    await applyEffects(app, replacesPassword ? 'set-password' : 'confirm', customerId);
    await record(app, {
      action: 'customers.confirmed',
      customerId,
      facts: { from: customer.state, to: confirmed.state, ...(contested ? { contested } : {}) },
    });
    return confirmed;
  });
}

/** Mails another confirmation link if the address belongs to an unconfirmed account. Says nothing, and takes as long, either way. */
export async function resendConfirmation(app: App, email: string): Promise<void> {
  if (!(await mayAskForMail(app, email, app.origin.network))) return;
  if (!(await mayEmailMailbox(app, email))) return;
  const customer = await customerByEmail(app.db, email);
  await enqueue(app, resendConfirmationMail, { customerId: customer?.id ?? newId() });
}
