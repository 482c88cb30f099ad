import { type App, transact } from '../../platform/app.ts';
import { hashToken } from '../../platform/crypto/token.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { overloaded } from '../../platform/problem.ts';
import { entryOf, record } from '../audit/index.ts';
import { credentialsByEmail, type Customer, replaceHash } from '../customers/index.ts';
import { verifyPassword } from '../passwords/index.ts';
import { isKnownDevice } from '../sessions/index.ts';
import { type Admission, admitGuess, type Guess } from '../throttle/index.ts';
import { sendUnlock } from './mails.ts';
import { signInRefused } from './problems.ts';
import { finishSignIn } from './queries.ts';

export interface Credentials {
  email: string;
  password: string;
  /** Attempts at different doors are counted apart. */
  door: Guess['door'];
  /** Whether success forgets the failures before it; the Storefront API's contract says no. */
  clears: boolean;
  /** Cookie of a browser that logged in before. */
  device?: string | undefined;
}

/**
 * Who a person is, by address and password. What follows from it (a session, tokens) happens in `admit`, in the same
 * transaction as the note of the log-in.
 *
 * The answer to a wrong password, an unknown address, an unconfirmed, locked or password-less account is the same, and
 * takes about as long.
 *
 * @throws {@link signInRefused}; {@link tooManyAttempts} while a block lasts; {@link overloaded} when too many wait.
 */
export async function signIn<T>(
  app: App,
  credentials: Credentials,
  admit: (app: App, customer: Customer) => Promise<T>,
): Promise<T> {
  const started = app.now().getTime();
  const { email, password, door, clears } = credentials;
  const known = await credentialsByEmail(app.db, email);
  const device = await knownDevice(app, known?.customer, credentials.device);
  const admission = await admitGuess(app, {
    door,
    account: email,
    network: app.origin.network ?? 'unknown',
    ...(device ? { device } : {}),
  });

  let proven = false;
  try {
    proven = await verifyPassword(app, known?.passwordHash, password);
  } catch (error) {
    // Nothing was learned from the password, so the attempt does not count.
    await admission.succeeded(app, { clear: false });
    throw error;
  }
  if (!known || !proven || !maySignIn(app, known.customer)) {
    await refuse(app, admission, known?.customer);
    await app.clock.wait(Math.max(0, started + app.config.SIGN_IN_REFUSAL_MS - app.now().getTime()));
    throw signInRefused({});
  }

  const { customer, passwordHash } = known;
  const better = passwordHash && !app.hasher.isCurrent(passwordHash) ? await betterHash(app, password) : undefined;
  const asCustomer = { ...app, origin: { ...app.origin, actor: 'customer', actorId: customer.id } } as const;
  const happening = { action: 'sign-in.succeeded', customerId: customer.id, facts: better ? { rehashed: true } : {} };
  try {
    return await transact(asCustomer, async (app) => {
      const { held } = admission;
      const clear = clears ? (held[0] ?? null) : null;
      // What was read before the password was verified must still hold: a reset or a lock may have come in between.
      const finished = { customer, now: app.now(), held, clear, entry: entryOf(app, happening) };
      if (!(await finishSignIn(app.db, finished))) throw signInRefused({});
      if (better && passwordHash) await replaceHash(app.db, customer.id, passwordHash, better);
      return admit(app, customer);
    });
  } catch (error) {
    await admission.succeeded(app, { clear: false });
    throw error;
  }
}

/** A log-in does not fail because there is no time to improve its hash: the next one will. */
async function betterHash(app: App, password: string): Promise<string | undefined> {
  try {
    return await app.hasher.hash(password);
  } catch (error) {
    if (overloaded.is(error)) return undefined;
    throw error;
  }
}

const maySignIn = (app: App, { state }: Customer) =>
  state === 'active' || (state === 'unverified' && !app.config.DOUBLE_OPT_IN);

async function knownDevice(
  app: App,
  customer: Customer | undefined,
  token: string | undefined,
): Promise<string | undefined> {
  if (!customer || !token || !(await isKnownDevice(app, customer.id, token))) return undefined;
  return hashToken(token).toString('hex');
}

async function refuse(app: App, admission: Admission, customer: Customer | undefined) {
  await transact(app, async (app) => {
    const { blocked } = await admission.failed(app);
    await record(app, {
      action: 'sign-in.refused',
      ...(customer ? { customerId: customer.id } : {}),
      facts: { blocked },
    });
    if (blocked && customer?.state === 'active') await enqueue(app, sendUnlock, { customerId: customer.id });
  });
}
