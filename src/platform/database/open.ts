import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { problem } from '../problem.ts';
import { openEmbedded } from './embedded.ts';
import { nameStatements } from './named-statements.ts';
import type { DB } from './tables.ts';

/** The database, or one transaction on it. */
export type Db = Kysely<DB> | Transaction<DB>;

/** The database does not answer; the request may be tried again. */
export const databaseAway = problem<{ retryAfterSeconds: number }>('database.away', 503);

export interface Database {
  readonly db: Kysely<DB>;
  /** For what needs a connection of its own: COPY, advisory locks, the job queue. */
  readonly connection: pg.ClientConfig;
  /** Superuser of the embedded cluster, undefined elsewhere. */
  readonly superuser?: pg.ClientConfig;
  readonly embedded: boolean;
  /** Folder of the embedded cluster; generated secrets stand beside it. */
  readonly home?: string;
  close(): Promise<void>;
}

// Counts, sums and identity columns stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A date without a time has no time zone: it stays text, YYYY-MM-DD.
pg.types.setTypeParser(pg.types.builtins.DATE, String);

/** Opens DATABASE_URL, or the embedded PostgreSQL of DATA_DIR. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  if (config.DATABASE_URL) {
    const connection = { connectionString: config.DATABASE_URL };
    return { ...openPool(connection, config, log), connection, embedded: false };
  }
  const embedded = await openEmbedded(config.DATA_DIR);
  const { db, close } = openPool(embedded.connection, config, log);
  return {
    db,
    connection: embedded.connection,
    superuser: embedded.superuser,
    home: embedded.home,
    embedded: true,
    async close() {
      await close();
      await embedded.close();
    },
  };
}

/** A pool and the query builder over it. */
export function openPool(connection: pg.ClientConfig, config: Pick<Config, 'DATABASE_POOL_SIZE'>, log: Log) {
  const pool = new pg.Pool({
    ...connection,
    application_name: 'clientele',
    max: config.DATABASE_POOL_SIZE,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'database connection lost'));
  // While it is in use the pool does not listen to it: the statement that fails says it better.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', nameStatements);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  pools.set(db, pool);
  return { db, close: () => db.destroy() };
}

const pools = new WeakMap<Db, pg.Pool>();

/** The pool behind a database; undefined for a transaction. */
export const poolOf = (db: Db): pg.Pool | undefined => pools.get(db);

const connectionTrouble = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** Whether an error means that the database is away rather than that we are wrong. */
export function isConnectionTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (
    'code' in error &&
    typeof error.code === 'string' &&
    (connectionTrouble.has(error.code) || error.code.startsWith('08'))
  )
    return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}

/** Why the database cannot be used at all, for the person who started us; undefined for any other trouble. */
export function databaseTrouble(error: unknown): string | undefined {
  const refused = error instanceof pg.DatabaseError && /^(28|3D|42501)/.test(error.code ?? '');
  if (!refused && !isConnectionTrouble(error)) return undefined;
  return `The database cannot be used: ${error instanceof Error ? error.message : ''}. Is DATABASE_URL right, and does the server run?`;
}
