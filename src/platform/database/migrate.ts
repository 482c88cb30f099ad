import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { startRefused } from '../problem.ts';
import { assume } from '../types.ts';
import type { DatabaseAddress } from './address.ts';
import type { Db } from './open.ts';
import { openSession } from './session.ts';

const folder = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/**
 * Brings the schema up to date, over a connection of its own without time limits. Safe to call from two instances at once: Kysely's lock lets the second wait.
 *
 * @param only the migrations of a backup: later ones wait until its rows are in
 * @throws {@link startRefused} naming the migration that failed; nothing of it stays.
 */
export async function migrate(address: DatabaseAddress, only?: readonly string[]): Promise<string[]> {
  const session = await openSession(address, 'clientele migration');
  try {
    return await migrateOver(assume(session.db), only);
  } finally {
    await session.close();
  }
}

async function migrateOver(db: Kysely<never>, only: readonly string[] | undefined): Promise<string[]> {
  const version = await sql<{ number: number }>`select current_setting('server_version_num')::int as number`.execute(
    db,
  );
  const number = version.rows[0]?.number ?? 0;
  if (number < 150_000)
    throw startRefused({
      reason: `Clientele needs PostgreSQL 15 or later; this server is ${Math.floor(number / 10_000)}.`,
    });

  const { unknown } = await schemaDifference(db);
  if (unknown.length > 0) throw startRefused({ reason: newerDatabase(unknown) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => readMigrations(only) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    const failed = results?.find(({ status }) => status === 'Error')?.migrationName ?? 'the migrations';
    throw startRefused({
      reason: `${failed} could not be applied: ${error instanceof Error ? error.message : 'for an unknown reason'}`,
    });
  }
  return (results ?? []).map(({ migrationName }) => migrationName);
}

/** Every migration of this program, in order. Read once, as an upgrade may replace the files under a running server. */
export async function migrationNames(): Promise<string[]> {
  known ??= (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.replace('.sql', ''))
    .toSorted();
  return known;
}
let known: string[] | undefined;

/** Migrations that only the database has, as a newer version applied them, and that only this version has. */
export async function schemaDifference(db: Kysely<never> | Db): Promise<{ unknown: string[]; missing: string[] }> {
  const ours = await migrationNames();
  const applied = await appliedMigrations(db);
  return {
    unknown: applied.filter((name) => !ours.includes(name)),
    missing: ours.filter((name) => !applied.includes(name)),
  };
}

async function appliedMigrations(db: Kysely<never> | Db): Promise<string[]> {
  const { rows: tables } = await sql<{ exists: boolean }>`
    select to_regclass('kysely_migration') is not null as exists`.execute(db);
  if (!tables[0]?.exists) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

const newerDatabase = (unknown: readonly string[]) =>
  `The database belongs to a newer version of Clientele: it has ${unknown.join(', ')}, which this version does not know. Start the newer version, or restore the backup from before the update.`;

async function readMigrations(only: readonly string[] | undefined) {
  const names = await migrationNames();
  return Object.fromEntries(
    names
      .filter((name) => only?.includes(name) ?? true)
      .map((name) => [
        name,
        {
          up: async (db: Kysely<never>) =>
            void (await sql.raw(await readFile(`${folder}${name}.sql`, 'utf8')).execute(db)),
        },
      ]),
  );
}
