import { type App, transact } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import {
  applyEffects,
  assertMay,
  credentialsById,
  customerNotFound,
  lockCustomer,
  updateCustomer,
} from '../customers/index.ts';
import { checkPassword, verifyPassword } from '../passwords/index.ts';
import { admitGuess, tooManyAttempts } from '../throttle/index.ts';
import { sendPasswordChanged } from './mails.ts';
import { passwordWrong } from './problems.ts';

export interface PasswordChange {
  customerId: string;
  current: string;
  next: string;
  /** The session that asks, which goes on. */
  session?: string;
}

/** A stolen session or token must not be good for guessing: wrong passwords are counted, and a block reads as a wrong one. */
async function proveCurrent(app: App, account: string, hash: string | null, password: string): Promise<void> {
  const admission = await admitGuess(app, {
    door: 'password-change',
    account,
    network: app.origin.network ?? 'unknown',
  }).catch((error: unknown) => {
    throw tooManyAttempts.is(error) ? passwordWrong({}) : error;
  });
  const proven = await verifyPassword(app, hash, password).catch(async (error: unknown) => {
    await admission.succeeded(app, { clear: false });
    throw error;
  });
  if (proven) return admission.succeeded(app, { clear: true });
  await admission.failed(app);
  throw passwordWrong({});
}

/**
 * Replaces a password by a new one. Everything else that is logged in ends.
 *
 * @throws {@link passwordWrong} when the current one is not right; then {@link passwordRefused}.
 */
export async function changePassword(app: App, { customerId, current, next, session }: PasswordChange): Promise<void> {
  const known = await credentialsById(app.db, customerId);
  if (!known) throw customerNotFound({});
  await proveCurrent(app, known.customer.email, known.passwordHash, current);
  await checkPassword(app, next, known.customer);

  const passwordHash = await app.hasher.hash(next);
  await transact(app, async (app) => {
    const customer = await lockCustomer(app.db, customerId);
    if (!customer) throw customerNotFound({});
    // A reset that came in between has replaced the password that was proven.
    if (customer.passwordChangedAt?.getTime() !== known.customer.passwordChangedAt?.getTime()) throw passwordWrong({});
    assertMay('change-password', customer.state);
    const now = app.now();
    await updateCustomer(app.db, customerId, {
      passwordHash,
      passwordChangedAt: now,
      accessEndedAt: now,
      updatedAt: now,
    });
    await applyEffects(app, 'change-password', customerId, session);
    await record(app, { action: 'credentials.password-changed', customerId });
    await enqueue(app, sendPasswordChanged, { customerId });
  });
}
