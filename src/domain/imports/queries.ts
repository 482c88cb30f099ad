import { type Insertable, sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { z } from 'zod';
import type { DB } from '../../platform/database/tables.ts';

export interface RunCounts {
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
}

export interface Run extends RunCounts {
  id: string;
  line: number;
  /** Rows by the kind of their passwords. */
  passwordKinds: Readonly<Record<string, number>>;
}

const PasswordKinds = z.record(z.string(), z.number());
export const passwordKindsOf = (stored: unknown): Record<string, number> => PasswordKinds.parse(stored);

/** The latest run of the same file that did not finish. */
export function unfinishedRun(
  db: Db,
  entity: string,
  digest: string,
): Promise<(Omit<Run, 'passwordKinds'> & { passwordKinds: unknown }) | undefined> {
  return db
    .selectFrom('importRun')
    .select(['id', 'line', 'created', 'updated', 'unchanged', 'rejected', 'passwordKinds'])
    .where('entity', '=', entity)
    .where('digest', '=', digest)
    .where('state', '!=', 'finished')
    .orderBy('startedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertRun(db: Db, run: Insertable<DB['importRun']>): Promise<void> {
  await db.insertInto('importRun').values(run).execute();
}

/** Notes how far a run has come, in the transaction that brought it there. */
export async function markRun(db: Db, { id, line, passwordKinds, ...counts }: Run): Promise<void> {
  await db
    .updateTable('importRun')
    .set({ line, ...counts, passwordKinds: JSON.stringify(passwordKinds), state: 'running' })
    .where('id', '=', id)
    .execute();
}

export async function endRun(db: Db, id: string, state: 'finished' | 'failed', finishedAt: Date): Promise<void> {
  await db.updateTable('importRun').set({ state, finishedAt }).where('id', '=', id).execute();
}

/** Earlier runs of the same file that broke off are through when one has finished. */
export async function forgetBroken(db: Db, id: string): Promise<void> {
  await db
    .updateTable('importRun as broken')
    .from('importRun as done')
    .set({ state: 'finished' })
    .where('done.id', '=', id)
    .whereRef('broken.entity', '=', 'done.entity')
    .whereRef('broken.digest', '=', 'done.digest')
    .where('broken.state', '!=', 'finished')
    .execute();
}

/** Runs and their rows by what they bring in and how they stand. */
export function sumOfRuns(db: Db): Promise<({ entity: string; state: string; runs: number } & RunCounts)[]> {
  return db
    .selectFrom('importRun')
    .select(({ fn }) => [
      'entity',
      'state',
      fn.countAll<number>().as('runs'),
      sql<number>`sum(created)::float8`.as('created'),
      sql<number>`sum(updated)::float8`.as('updated'),
      sql<number>`sum(unchanged)::float8`.as('unchanged'),
      sql<number>`sum(rejected)::float8`.as('rejected'),
    ])
    .groupBy(['entity', 'state'])
    .execute();
}

/** A table of this session that is empty again after each transaction. */
export async function makeStaging(db: Db, table: string, definition: string): Promise<void> {
  await sql`create temporary table if not exists ${sql.id(table)} (${sql.raw(definition)}) on commit delete rows`.execute(
    db,
  );
}

export async function emptyStaging(db: Db, table: string): Promise<void> {
  await sql`truncate ${sql.id(table)}`.execute(db);
}
