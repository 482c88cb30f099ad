import { type App, transact } from '../../platform/app.ts';
import { queued } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { applyEffects, assertMay, customerNotFound, lockCustomer, updateCustomer } from '../customers/index.ts';
import { checkPassword, hashPassword } from '../passwords/index.ts';
import { type RenewedSession, renewSession } from '../sessions/index.ts';
import { sendPasswordChanged } from './mails.ts';
import { passwordWrong } from './problems.ts';
import { proveCurrentPassword } from './prove-password.ts';

export interface PasswordChange {
  customerId: string;
  current: string;
  next: string;
  /** The session that asks, which goes on. */
  session?: string;
  /** Its token, which is replaced. */
  sessionToken?: string | undefined;
}

/**
 * Replaces a password by a new one. Everything else that is logged in ends; the session that asks is renewed, so that a
 * copy of its cookie ends too.
 *
 * @throws {@link passwordWrong} when the current one is not right; then {@link passwordRefused}.
 */
export async function changePassword(
  app: App,
  { customerId, current, next, session, sessionToken }: PasswordChange,
): Promise<RenewedSession | undefined> {
  const known = await proveCurrentPassword(app, customerId, current);
  await checkPassword(app, next, known);

  const passwordHash = await hashPassword(app, next);
  return transact(app, async (app) => {
    const customer = await lockCustomer(app.db, customerId);
    if (!customer) throw customerNotFound({});
    // A reset that came in between has replaced the password that was proven.
    if (customer.passwordChangedAt?.getTime() !== known.passwordChangedAt?.getTime()) throw passwordWrong({});
    assertMay('change-password', customer.state);
    const now = app.now();
    await updateCustomer(app.db, customerId, {
      passwordHash,
      passwordChangedAt: now,
      accessEndedAt: now,
      updatedAt: now,
    });
    await applyEffects(app, 'change-password', customerId, session);
    const job = queued(sendPasswordChanged, { customerId });
    await record(app, { action: 'credentials.password-changed', customerId, job });
    return sessionToken === undefined ? undefined : renewSession(app, sessionToken);
  });
}
