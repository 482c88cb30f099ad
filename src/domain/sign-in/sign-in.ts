import { type App, transact } from '../../platform/app.ts';
import { hashToken } from '../../platform/crypto/token.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { entryJson, record } from '../audit/index.ts';
import { type Customer, emailKey, replaceHash } from '../customers/index.ts';
import { delayRefusal, rehashPassword, verifyPassword } from '../passwords/index.ts';
import { isKnownDevice } from '../sessions/index.ts';
import { type Admission, admitGuess, type Guess, mayRepeat, UNKNOWN_NETWORK } from '../throttle/index.ts';
import { sendUnlock } from './mails.ts';
import { signInRefused } from './problems.ts';
import { beginSignIn, type FinishedSignIn, finishSignIn } from './queries.ts';

const UNLOCK_EMAILS_PER_HOUR = 4;

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

/** Somebody who has proven who they are, and the log-in that is still to be written down. */
interface Proof {
  customer: Customer;
  /** Whom the log-in acts as for a company. */
  companyUserId: string | null;
  /**
   * Writes the log-in down, with a refresh token if one comes of it.
   *
   * @throws {@link signInRefused} when a reset or a lock came in between.
   */
  finish(app: App, refresh: FinishedSignIn['refresh']): Promise<void>;
  /** A hash to put in the place of an older kind. */
  better: { stale: string; hash: string } | undefined;
  /** Gives the attempt back, as it neither succeeded nor failed. */
  giveUp(app: App): Promise<void>;
}

/**
 * Logs in to a session. What follows from it happens in `admit`, in the transaction that writes the log-in down.
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
  const { customer, finish, better, giveUp } = await prove(app, credentials);
  return orGiveUp(app, giveUp, () =>
    transact(asCustomer(app, customer), async (app) => {
      await finish(app, null);
      if (better) await replaceHash(app.db, customer.id, better.stale, better.hash);
      return admit(app, customer);
    }),
  );
}

/**
 * Logs in for tokens: `make` makes them before anything is written, so that one statement writes all of it.
 *
 * @throws as {@link signIn}
 */
export async function signInWith<T extends { refresh: FinishedSignIn['refresh'] }>(
  app: App,
  credentials: Credentials,
  make: (app: App, customer: Customer, companyUserId: string | null) => Promise<T>,
): Promise<T> {
  const { customer, companyUserId, finish, better, giveUp } = await prove(app, credentials);
  return orGiveUp(app, giveUp, async () => {
    const made = await make(app, customer, companyUserId);
    await finish(asCustomer(app, customer), made.refresh);
    if (better) await replaceHash(app.db, customer.id, better.stale, better.hash);
    return made;
  });
}

async function orGiveUp<T>(app: App, giveUp: Proof['giveUp'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await giveUp(app);
    throw error;
  }
}

const asCustomer = (app: App, { id }: Customer): App => ({
  ...app,
  origin: { ...app.origin, actor: 'customer', actorId: id },
});

async function prove(app: App, { email, password, door, clears, device: cookie }: Credentials): Promise<Proof> {
  const started = app.now().getTime();
  const device = await knownDevice(app, email, cookie);
  const network = app.origin.network ?? UNKNOWN_NETWORK;
  let known: Awaited<ReturnType<typeof beginSignIn>>['known'];
  const guess = { door, account: email, network, ...(device ? { device } : {}) };
  const admission = await admitGuess(app, guess, async (db, attempt) => {
    const begun = await beginSignIn(db, emailKey(email), attempt);
    known = begun.known;
    return begun;
  });
  const giveUp: Proof['giveUp'] = (app) => admission.succeeded(app, { clear: false });

  const { matches, outdated, waitedMs } = await orGiveUp(app, giveUp, () =>
    verifyPassword(app, known?.passwordHash, password),
  );
  if (!known || !matches || !maySignIn(app, known.customer)) {
    await refuse(app, admission, known?.customer);
    await delayRefusal(app, { account: email, password, started, waitedMs });
    throw signInRefused({});
  }

  const { customer, passwordHash, companyUserId } = known;
  const hash = outdated ? await rehashPassword(app, password) : undefined;
  const { held, network: from } = admission;
  return {
    customer,
    companyUserId,
    giveUp,
    better: hash && passwordHash ? { stale: passwordHash, hash } : undefined,
    async finish(app, refresh) {
      const facts = hash ? { rehashed: true } : {};
      const entry = entryJson(app, { action: 'sign-in.succeeded', customerId: customer.id, facts });
      const clear = clears ? (held[0] ?? null) : null;
      // What was read before the password was verified must still hold: a reset or a lock may have come in between.
      if (!(await finishSignIn(app.db, { customer, now: app.now(), held, clear, network: from, entry, refresh })))
        throw signInRefused({});
      app.metrics.signInEnded(door, 'succeeded');
    },
  };
}

const maySignIn = (app: App, { state }: Customer) =>
  state === 'active' || (state === 'unverified' && !app.config.DOUBLE_OPT_IN);

async function knownDevice(app: App, email: string, token: string | undefined): Promise<string | undefined> {
  if (!token || !(await isKnownDevice(app, email, token))) return undefined;
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
    if (!blocked || customer?.state !== 'active') return;
    // Guesses from many networks begin many lockouts, and each would send an email.
    if (await mayRepeat(app, `unlock ${customer.id}`, UNLOCK_EMAILS_PER_HOUR, 3600))
      await enqueue(app, sendUnlock, { customerId: customer.id });
  });
}
