import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { newId } from '../../platform/id.ts';
import { emailKey } from '../../platform/mail/address.ts';
import { tooManyAttempts } from './problems.ts';
import {
  admit,
  type Attempt,
  type Counter,
  clearAccount,
  countFailure,
  countUse,
  deleteNetworksOf,
  isBlockedKey,
  lastBlock,
  type Network,
  release,
  upsertNetwork,
} from './queries.ts';

/** Who tries to log in where. */
export interface Guess {
  /** The kind of account and the way in: attempts at one door do not use up those at another. */
  door: 'customer' | 'token' | 'password-change' | 'agent' | 'staff' | 'staff-token';
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
  /** Counters that hold the attempt; the first is the one that success may clear. */
  readonly held: readonly string[];
  /** Where the attempt came from, to be remembered when it succeeds; undefined where that is not known. */
  readonly network: Network | undefined;
  /** `clear`: whether earlier failures of this account and network are forgotten. */
  succeeded(app: App, options: { clear: boolean }): Promise<void>;
  /** Whether a block began with this failure. */
  failed(app: App): Promise<{ blocked: boolean }>;
}

/**
 * Lets one guess at a password in, or refuses it. The right password is refused too while a block lasts.
 *
 * @param ask a statement that does more than {@link admit} with the same attempt.
 * @throws {@link tooManyAttempts}
 */
export async function admitGuess(app: App, guess: Guess, ask: typeof admit = admit): Promise<Admission> {
  const { tight, wide } = countersOf(app, guess);
  const attempt = attemptOf(guess, [tight, ...wide]);
  const held = attempt.exact.map(({ key }) => key);
  for (let waited = 0; ; waited += BUSY_WAIT_MS) {
    const { admitted, blocked } = await ask(app.db, { ...attempt, id: newId(), now: app.now() });
    if (admitted.length === held.length) break;
    // As many as may still fail are being verified elsewhere: what was let in is given back until it is clear how they end.
    if (admitted.length > 0) await release(app.db, admitted, null);
    if (blocked || waited >= BUSY_PATIENCE_MS) {
      app.metrics.signInEnded(guess.door, 'locked_out');
      throw tooManyAttempts({ minutes: Math.ceil(tight.blockSeconds / 60) });
    }
    await app.clock.wait(BUSY_WAIT_MS);
  }
  let isCounted = false;
  /** Once, although the transaction may be run again. */
  function count(app: App, blocked: boolean) {
    if (isCounted) return;
    isCounted = true;
    app.metrics.signInEnded(guess.door, 'refused');
    if (blocked) app.metrics.lockoutBegan(guess.door);
  }
  return {
    held,
    network: guess.network === UNKNOWN_NETWORK ? undefined : attempt.network,
    succeeded: (app, { clear }) => release(app.db, held, clear ? tight.key : null),
    async failed(app) {
      const blocked = (await countFailure(app.db, [tight, ...wide], app.now())).length > 0;
      count(app, blocked);
      return { blocked };
    },
  };
}

/** Throws {@link tooManyAttempts} if a guess would be refused now, without counting it. */
export async function refuseBlocked(app: App, guess: Guess): Promise<void> {
  const { tight, wide } = countersOf(app, guess);
  if (await isBlockedKey(app.db, { ...attemptOf(guess, [tight, ...wide]), now: app.now() })) {
    app.metrics.signInEnded(guess.door, 'locked_out');
    throw tooManyAttempts({ minutes: Math.ceil(tight.blockSeconds / 60) });
  }
}

/** What attempts count by whose network is not known; it is never a known one. */
export const UNKNOWN_NETWORK = 'unknown';

/** An attempt at counters, of which the first is the tight one. */
function attemptOf(guess: Guess, counters: readonly Counter[]): Omit<Attempt, 'id' | 'now'> {
  const [tight, ...wide] = counters;
  return {
    exact: counters.filter(({ trying }) => trying > 0),
    wide: wide.filter(({ trying }) => trying === 0).map(({ key }) => key),
    shared: wide.find(({ trying, account }) => trying > 0 && account === tight?.account)?.key ?? '',
    network: networkOf(guess),
  };
}

function networkOf({ account, network }: Pick<Guess, 'account' | 'network'>): Network {
  const owner = accountDigest(account);
  return { key: fingerprint(`known ${owner} ${network}`), account: owner };
}

/** How many failures within which time block an account at a door, and for how long. */
function lockoutAt(config: App['config'], door: Guess['door']) {
  const whose = kindOf[door];
  return {
    limit: config[`${whose}SIGN_IN_ATTEMPTS`] ?? config.SIGN_IN_ATTEMPTS,
    windowSeconds: config[`${whose}SIGN_IN_WINDOW_SECONDS`] ?? config.SIGN_IN_WINDOW_SECONDS,
    blockSeconds: config[`${whose}SIGN_IN_BLOCK_SECONDS`] ?? config.SIGN_IN_BLOCK_SECONDS,
  };
}

/** Whose settings count at a door: those of customers have no prefix. */
const kindOf = {
  customer: '',
  token: '',
  'password-change': '',
  agent: 'AGENT_',
  staff: 'STAFF_',
  'staff-token': 'STAFF_',
} as const satisfies Record<Guess['door'], string>;

function countersOf(app: App, { door, account, network, device }: Guess): { tight: Counter; wide: Counter[] } {
  const { SIGN_IN_ACCOUNT_ATTEMPTS, SIGN_IN_NETWORK_ATTEMPTS } = app.config;
  const owner = accountDigest(account);
  const times = lockoutAt(app.config, door);
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
      {
        // Every door counts here, so the times must not depend on the door.
        ...lockoutAt(app.config, 'customer'),
        key: fingerprint(`network ${network}`),
        account: null,
        limit: SIGN_IN_NETWORK_ATTEMPTS,
        trying: 0,
      },
    ],
  };
}

/**
 * Whether one more mail may be asked for, for an account and from a network. Both counts go on.
 *
 * Callers answer the same either way; the mail is just not sent. So a network is bounded where it stands for a few people:
 * the server of a storefront asks over the API for all shoppers, and there a setting alone bounds it.
 */
export async function mayAskForMail(app: App, account: string, network: string | undefined): Promise<boolean> {
  const { MAIL_REQUESTS, API_EMAIL_REQUESTS_PER_HOUR, SIGN_IN_WINDOW_SECONDS: QUARTER } = app.config;
  const [most, seconds] =
    app.origin.door === 'storefront-api' ? [API_EMAIL_REQUESTS_PER_HOUR, HOUR] : [MAIL_REQUESTS * 10, QUARTER];
  const count = (key: string, account: string | null, seconds: number) =>
    countUse(app.db, fingerprint(`mail ${key}`), account, seconds, app.now());
  const owner = accountDigest(account);
  const byNetwork = network && most > 0 ? await count(`${app.origin.door} ${network}`, null, seconds) : 0;
  const byAccount = await count(owner, owner, QUARTER);
  return byAccount <= MAIL_REQUESTS && byNetwork <= most;
}

/** Whether something may be done once more: so many times within so many seconds, counted by whoever does it. */
export async function mayRepeat(app: App, what: string, most: number, seconds: number): Promise<boolean> {
  return (await countUse(app.db, fingerprint(`use ${what}`), null, seconds, app.now())) <= most;
}

/** Remembers where an attempt came from that succeeded: strangers' guesses elsewhere do not lock the account there. */
export async function rememberNetwork(app: App, { network }: Pick<Admission, 'network'>): Promise<void> {
  if (network) await upsertNetwork(app.db, network, app.now());
}

/** Forgets from where an account signed in, as its known devices are forgotten. */
export const forgetNetworks = (app: App, account: string): Promise<void> =>
  deleteNetworksOf(app.db, accountDigest(account));

/** Lifts every block of an account. */
export const liftBlocks = (app: App, account: string): Promise<void> => clearAccount(app.db, accountDigest(account));

/** When the last block of an account ends, whichever network it holds for; null if none holds. */
export const lockedOutUntil = (app: App, account: string): Promise<Date | null> =>
  lastBlock(app.db, accountDigest(account), app.now());

const accountDigest = (account: string) => fingerprint(emailKey(account));

/** Whether this is the first time within so many seconds; of several at once one is. */
export async function firstWithin(app: App, what: string, seconds: number): Promise<boolean> {
  return (await countUse(app.db, fingerprint(`once ${what}`), null, seconds, app.now())) === 1;
}
