import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { assume } from '../types.ts';
import { type DatabaseAddress, databaseAddress } from './address.ts';
import { openEmbedded } from './embedded.ts';
import { openWritablePool, type PoolOptions, type WritablePool } from './pool.ts';
import type { DB } from './tables.ts';

/** The database, or one transaction on it. */
export type Db = Kysely<DB> | Transaction<DB>;

export interface Database {
  readonly db: Kysely<DB>;
  /** The way around a pooler, for what needs a session: COPY, advisory locks, LISTEN, migrations. */
  readonly connection: DatabaseAddress;
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

/** Opens DATABASE_URL, or the embedded PostgreSQL of DATA_DIR, which is set up where there is none unless `create` is false. */
export async function openDatabase(config: Config, log: Log, { create } = { create: true }): Promise<Database> {
  if (config.DATABASE_URL) {
    const connection = databaseAddress(config.DATABASE_DIRECT_URL ?? config.DATABASE_URL);
    const pool = openPool(databaseAddress(config.DATABASE_URL), poolOptions(config), log);
    return { ...pool, connection, embedded: false };
  }
  const embedded = await openEmbedded(config.DATA_DIR, [], { create });
  const { db, close } = openPool(embedded.connection, poolOptions(config), log);
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

/** How requests use the database. */
export const poolOptions = (config: Config): PoolOptions => ({
  name: 'clientele',
  size: config.DATABASE_POOL_SIZE,
  connectMs: config.DATABASE_CONNECT_TIMEOUT_MS,
  quietMs: config.DATABASE_SILENCE_MS,
  statementMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
  lockMs: config.DATABASE_LOCK_TIMEOUT_MS,
  idleInTransactionMs: config.DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS,
  prepare: config.DATABASE_PREPARE,
  pooled: config.DATABASE_DIRECT_URL !== undefined,
});

/** A pool and the query builder over it. */
export function openPool(address: DatabaseAddress, options: PoolOptions, log: Log) {
  const pool = openWritablePool(address, options, log);
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: assume(pool) }),
    plugins: [new CamelCasePlugin()],
  });
  pools.set(db, pool);
  return { db, close: () => db.destroy() };
}

const pools = new WeakMap<Db, WritablePool>();

/** The pool behind a database; undefined for a transaction. */
export const poolOf = (db: Db): WritablePool | undefined => pools.get(db);
