import type { App } from '../../platform/app.ts';
import { credentialsById, customerNotFound } from '../customers/index.ts';
import { delayRefusal, verifyPassword } from '../passwords/index.ts';
import { admitGuess, tooManyAttempts, UNKNOWN_NETWORK } from '../throttle/index.ts';
import { passwordWrong } from './problems.ts';

/**
 * Checks the current password before a change that a stolen session or token alone must not be good for. Wrong passwords
 * are counted, and a lockout reads as a wrong one. Returns the customer whose password it was.
 *
 * @throws {@link passwordWrong}, {@link customerNotFound}
 */
export async function proveCurrentPassword(app: App, customerId: string, password: string) {
  const known = await credentialsById(app.db, customerId);
  if (!known) throw customerNotFound({});
  const { customer, passwordHash } = known;
  const started = app.now().getTime();
  const admission = await admitGuess(app, {
    door: 'password-change',
    account: customer.email,
    network: app.origin.network ?? UNKNOWN_NETWORK,
  }).catch((error: unknown) => {
    throw tooManyAttempts.is(error) ? passwordWrong({}) : error;
  });
  const { matches, waitedMs } = await verifyPassword(app, passwordHash, password).catch(async (error: unknown) => {
    await admission.succeeded(app, { clear: false });
    throw error;
  });
  if (!matches) {
    await admission.failed(app);
    await delayRefusal(app, { account: customer.email, password, started, waitedMs });
    throw passwordWrong({});
  }
  await admission.succeeded(app, { clear: true });
  app.metrics.signInEnded('password-change', 'succeeded');
  return customer;
}
