import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Hasher } from './crypto/hasher.ts';
import type { StrengthEstimator } from './crypto/password-strength.ts';
import type { Secrets } from './crypto/secrets.ts';
import type { DatabaseAddress } from './database/address.ts';
import type { Db } from './database/open.ts';
import { inTransaction } from './database/transaction.ts';
import type { Queue } from './jobs/queue.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Memory } from './memory.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { PrivacyHook } from './privacy.ts';

/** What a use case may use. Handed down as the first argument; there is no other way to reach the world. */
export interface App {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly db: Db;
  /** For COPY and advisory locks, which need a connection of their own. */
  readonly connection: DatabaseAddress;
  readonly hasher: Hasher;
  readonly strength: StrengthEstimator;
  readonly secrets: Secrets;
  readonly queue: Queue;
  readonly memory: Memory;
  readonly mailer: Mailer;
  readonly metrics: Metrics;
  /** What every domain with personal data does when a person is erased or asks for a copy. */
  readonly privacy: readonly PrivacyHook[];
  /** On whose behalf this runs; interfaces set it for each request. */
  readonly origin: Origin;
  /** The present. */
  now(): Date;
}

/** Who asks, and through which door: what the audit log says of a change. */
export interface Origin {
  readonly door: 'storefront-api' | 'pages' | 'console' | 'jobs';
  readonly actor: 'anyone' | 'customer' | 'agent' | 'staff' | 'console' | 'system';
  readonly actorId?: string;
  /** Id of the customer an agent acts for. */
  readonly actingFor?: string;
  /** When the access token was issued that asks; what ended log-ins since then ends this too. */
  readonly issuedAt?: Date;
  /** Address the request came from, IPv6 in its shortest form. */
  readonly network?: string;
  readonly requestId?: string;
}

/**
 * Runs a use case's changes as one. The `app` handed in is bound to the transaction: jobs queued and audit entries
 * written through it live and die with the change. Slow work (hashing, network) stays outside, and so does everything
 * that must not happen twice: the work runs again when the database undoes it (a deadlock) or goes away before it is
 * committed.
 */
export function transact<T>(app: App, work: (app: App) => Promise<T>): Promise<T> {
  if (app.db.isTransaction) return work(app);
  return inTransaction(app.db, (db) => work({ ...app, db }));
}
