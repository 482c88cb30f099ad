import { LRUCache } from 'lru-cache';
import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { emailKey } from '../../platform/mail/address.ts';
import { dearestCost } from './hash-cost.ts';
import { computationsFor } from './verify.ts';

export interface Refusal {
  /** Address that was tried. */
  account: string;
  /** Password that was typed. */
  password: string;
  /** When the request came, milliseconds. */
  started: number;
  /** Milliseconds it waited for other computations. */
  waitedMs: number;
}

/** How much longer than the dearest hash a refusal takes: nearly every computation ends within this time. */
const MARGIN = 1.5;

/**
 * Waits before a guess is refused, until the time no longer says whether there is an account and how its password is
 * hashed: as long as the dearest hash in the database takes, at least `SIGN_IN_REFUSAL_MS`. Refusals for one account
 * come one after the other, as imported hashes are computed.
 */
export async function delayRefusal(app: App, { account, password, started, waitedMs }: Refusal): Promise<void> {
  const cost = MARGIN * (await dearestCost(app)) * computationsFor(password);
  let until = started + waitedMs + Math.max(app.config.SIGN_IN_REFUSAL_MS, cost);
  if (cost > 0) {
    const answered = await app.memory.recall('refused sign-ins', Number.MAX_SAFE_INTEGER, async () => newCache());
    const key = fingerprint(emailKey(account));
    until = Math.max(until, (answered.get(key) ?? 0) + cost);
    answered.set(key, until);
  }
  await app.clock.wait(Math.max(0, until - app.now().getTime()));
}

/** When the last refusal for an account is answered. */
const newCache = () => new LRUCache<string, number>({ max: 10_000 });
