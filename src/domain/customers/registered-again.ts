import { type App, transact } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { hashPassword, isHashOf } from '../passwords/index.ts';
import { mayAskForMail } from '../throttle/index.ts';
import type { NewCustomer } from './customer.ts';
import { sendAlreadyRegistered } from './mails.ts';
import { contestRegistration, customerByEmail, unconfirmedByEmail, updatePendingRegistration } from './queries.ts';

/**
 * Notes that an unconfirmed address was registered once more; returns false if it has no unconfirmed account. It compares
 * the password instead of hashing it, so that a registration costs one computation either way. With another password the registration is contested: it may
 * have been a stranger who came first, or one who came later, so neither password will be valid once the address is
 * confirmed (docs/decisions/0023-contested-registrations.md).
 *
 * `takesProfile`: the newest registration's names and language replace those before. Never for accounts that an import
 * brought, and only before the first sign-in.
 */
export async function noteRegisteredAgain(
  app: App,
  { password, ...profile }: NewCustomer,
  { takesProfile }: { takesProfile: boolean },
): Promise<boolean> {
  const known = await unconfirmedByEmail(app.db, profile.email);
  if (!known) return false;
  const { id, passwordHash } = known;
  const isComparable = app.hasher.isCurrent(passwordHash);
  const isSame = isComparable && (await isHashOf(app, passwordHash, password));
  // A hash of another shop's format may take seconds: it is not compared, what is not compared is contested, and the time
  // is that of any registration.
  if (!isComparable) await hashPassword(app, password);
  await transact(app, async (app) => {
    const now = app.now();
    const contested = !isSame && (await contestRegistration(app.db, id, now));
    if (takesProfile && app.config.DOUBLE_OPT_IN) {
      const { email: _email, gender = null, dateOfBirth = null, ...rest } = profile;
      const changes = { ...rest, gender, dateOfBirth, termsAcceptedAt: now, updatedAt: now };
      await updatePendingRegistration(app.db, id, changes);
    }
    if (contested) await record(app, { action: 'customer.registration_contested', customerId: id });
  });
  return true;
}

/** Emails the owner of an address that it has an account already. */
export async function notifyExistingOwner(app: App, email: string): Promise<void> {
  const owner = await customerByEmail(app.db, email);
  // Their network was counted where they asked.
  if (owner && (await mayAskForMail(app, owner.email, undefined)))
    await enqueue(app, sendAlreadyRegistered, { customerId: owner.id });
}
