import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { newId } from '../../platform/id.ts';
import { emailKey } from '../../platform/mail/address.ts';
import { tooManyAttempts } from './problems.ts';
import { admit, type Counter, clearAccount, countFailure, countUse, isBlockedKey, release } from './queries.ts';

/** Who tries to log in where. */
export interface Guess {
  /** The kind of account and the way in: attempts at one door do not use up those at another. */
  door: 'customer' | 'token' | 'password-change';
  /** As typed; compared without case. */
  account: string;
  /** IPv4 address or IPv6 /64. */
  network: string;
  /** Digest of a device that logged in to this account before. Its own counter replaces the others. */
  device?: string;
}

/** Milliseconds between looks while as many attempts as may still fail are being verified. */
const BUSY_WAIT_MS = 25;
const BUSY_PATIENCE_MS = 10_000;
const HOUR = 3600;

/** One attempt that was let in; end it exactly once. */
export interface Admission {
  /** `clear`: whether earlier failures of this account and network are forgotten. */
  succeeded(app: App, options: { clear: boolean }): Promise<void>;
  /** Whether a block began with this failure. */
  failed(app: App): Promise<{ blocked: boolean }>;
}

/**
 * Lets one guess at a password in, or refuses it. The right password is refused too while a block lasts.
 *
 * @throws {@link tooManyAttempts}
 */
export async function admitGuess(app: App, guess: Guess): Promise<Admission> {
  const { tight, wide } = countersOf(app, guess);
  const exact = [tight, ...wide.filter(({ trying }) => trying > 0)];
  const held: Counter[] = [];
  const letGo = (app: App, clear: boolean) => Promise.all(held.map(({ key }) => release(app.db, key, clear)));
  for (const counter of exact) {
    if (await reserve(app, counter, wide)) held.push(counter);
    else {
      await letGo(app, false);
      throw tooManyAttempts({ minutes: Math.ceil(tight.blockSeconds / 60) });
    }
  }
  return {
    async succeeded(app, { clear }) {
      for (const { key } of held) await release(app.db, key, clear && key === tight.key);
    },
    failed: async (app) => ({ blocked: (await countFailure(app.db, [tight, ...wide], app.now())).length > 0 }),
  };
}

/** Takes one of a counter's attempts, waiting while as many as may still fail are being verified; false while it is blocked. */
async function reserve(app: App, { key, account, limit }: Counter, wide: readonly Counter[]): Promise<boolean> {
  const others = wide.map((counter) => counter.key).filter((other) => other !== key);
  for (let waited = 0; waited < BUSY_PATIENCE_MS; waited += BUSY_WAIT_MS) {
    const attempt = { id: newId(), key, account: account ?? '', limit, wide: others, now: app.now() };
    const { admitted, blocked } = await admit(app.db, attempt);
    if (admitted || blocked) return admitted;
    await app.clock.wait(BUSY_WAIT_MS);
  }
  return false;
}

/** Throws {@link tooManyAttempts} if a guess would be refused now, without counting it. */
export async function refuseBlocked(app: App, guess: Guess): Promise<void> {
  const { tight, wide } = countersOf(app, guess);
  if (
    await isBlockedKey(
      app.db,
      [tight, ...wide].map(({ key }) => key),
      tight.limit,
      app.now(),
    )
  ) {
    throw tooManyAttempts({ minutes: Math.ceil(tight.blockSeconds / 60) });
  }
}

function countersOf(app: App, { door, account, network, device }: Guess): { tight: Counter; wide: Counter[] } {
  const {
    SIGN_IN_ATTEMPTS,
    SIGN_IN_WINDOW_SECONDS,
    SIGN_IN_BLOCK_SECONDS,
    SIGN_IN_ACCOUNT_ATTEMPTS,
    SIGN_IN_NETWORK_ATTEMPTS,
  } = app.config;
  const owner = accountDigest(account);
  const times = { windowSeconds: SIGN_IN_WINDOW_SECONDS, blockSeconds: SIGN_IN_BLOCK_SECONDS, limit: SIGN_IN_ATTEMPTS };
  const tight = { ...times, key: fingerprint(`${door} ${owner} ${device ?? network}`), account: owner, trying: 1 };
  if (device) return { tight, wide: [] };
  return {
    tight,
    wide: [
      {
        ...times,
        key: fingerprint(`account ${owner}`),
        account: owner,
        limit: SIGN_IN_ACCOUNT_ATTEMPTS,
        windowSeconds: HOUR,
        trying: 1,
      },
      { ...times, key: fingerprint(`network ${network}`), account: null, limit: SIGN_IN_NETWORK_ATTEMPTS, trying: 0 },
    ],
  };
}

/**
 * Whether one more mail may be asked for, for an account and from a network. Both counts go on.
 *
 * Callers answer the same either way; the mail is just not sent.
 */
export async function mayAskForMail(app: App, account: string, network: string | undefined): Promise<boolean> {
  const { MAIL_REQUESTS, SIGN_IN_WINDOW_SECONDS } = app.config;
  const owner = accountDigest(account);
  const count = (key: string, account: string | null) =>
    countUse(app.db, fingerprint(`mail ${key}`), account, SIGN_IN_WINDOW_SECONDS, app.now());
  const [byNetwork, byAccount] = [network ? await count(network, null) : 0, await count(owner, owner)];
  return byAccount <= MAIL_REQUESTS && byNetwork <= MAIL_REQUESTS * 10;
}

/** Lifts every block of an account. */
export const liftBlocks = (app: App, account: string): Promise<void> => clearAccount(app.db, accountDigest(account));

const accountDigest = (account: string) => fingerprint(emailKey(account));

/** Whether this is the first time within so many seconds; of several at once one is. */
export async function firstWithin(app: App, what: string, seconds: number): Promise<boolean> {
  return (await countUse(app.db, fingerprint(`once ${what}`), null, seconds, app.now())) === 1;
}
