import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/open.ts';
import type { QueueDatabase } from '../database/queue-database.ts';

/** Whether anybody is connected to this database under a name. */
export async function isConnected(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ connected: boolean }>`
    select exists (select from pg_stat_activity
      where datname = current_database() and application_name = ${name}) as connected`.execute(db);
  return rows[0]?.connected ?? false;
}

/**
 * Puts jobs back whose worker has been silent for longer than a lease: it was killed, or hangs. A job without another try
 * is left to the queue, which gives it up when its time is over.
 */
export async function takeOverJobs(db: Db, names: readonly string[], leaseSeconds: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update pgboss.job set state = 'retry', start_after = pgboss.job_now()
    where name = any(${names}) and state = 'active' and retry_count < retry_limit
      and heartbeat_on < pgboss.job_now() - ${leaseSeconds} * interval '1 second'`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Rejects when the queue cannot be read. */
export async function pingQueue(database: QueueDatabase): Promise<void> {
  await database.pool.query('select version from pgboss.version');
}

/** Jobs of one queue that are counted, so that a campaign with a million emails costs no more than a small one. */
export const JOBS_COUNTED = 10_000;

/** What waits in one queue. */
export interface QueueLoad {
  queue: string;
  waiting: number;
  /** Jobs that failed and wait for their next try. */
  retry: number;
  /** Seconds the job that has been due longest waits. */
  oldest: number;
}

/** What waits in each of these queues, and how many jobs failed for good. */
export async function loadOfQueues(
  db: Db,
  names: readonly string[],
  now: Date,
): Promise<{ queues: QueueLoad[]; givenUp: number }> {
  // The states of the lateral query are those of pg-boss's index for fetching; what runs is counted by those who run it.
  const { rows } = await sql<QueueLoad>`
    select names.name as queue, waiting, retry,
      greatest(0, extract(epoch from ${now}::timestamptz - due))::float8 as oldest
    from unnest(${names}::text[]) as names (name)
    cross join lateral (
      select count(*) filter (where state = 'created') as waiting, count(*) filter (where state = 'retry') as retry,
        min(start_after) as due
      from (select state, start_after from pgboss.job where job.name = names.name and state < 'active' and not blocked
        order by priority desc, created_on limit ${JOBS_COUNTED}) as queued
    ) as queued`.execute(db);
  const dead = await sql<{ count: number }>`
    select count(*) as count from (select from pgboss.job where name = 'dead-letters' and state < 'active' and not blocked
      limit ${JOBS_COUNTED}) as dead`.execute(db);
  return { queues: rows, givenUp: dead.rows[0]?.count ?? 0 };
}

/** The statement of pg-boss that queues a job: its text is the same for all jobs of a queue. */
export interface ComposedJob {
  text: string;
  /** Its one parameter. */
  values: string;
}

/** pg-boss tells the workers of a queue in the statement that adds to it. */
const notifying =
  /^\s*with (ins as \([\s\S]*\),\s*notified as \([\s\S]*\))\s*select id from ins where \(select count\(\*\) from notified\) >= 0\s*$/i;

/** The parts of a statement that queue a job if its part `happened` has a row. It must evaluate `isDone`, which is true. */
export interface JobParts {
  parts: RawBuilder<unknown>;
  isDone: RawBuilder<boolean>;
}

/** What pg-boss would send for a job as parts of a larger statement; `values` takes the place of its parameter. */
export function jobParts({ text }: ComposedJob, values: string): JobParts {
  const parts = notifying.exec(text)?.[1] ?? `ins as (${text})`;
  const [before, rest, ...more] = parts.split('$1');
  if (before === undefined || rest === undefined || more.length > 0 || /\$\d/.test(before + rest))
    throw new Error('pg-boss queues jobs in another way than before');
  const given = sql`(case when exists (select from happened) then ${values}::text else '[]' end)`;
  return {
    parts: sql`${sql.raw(before)}${given}${sql.raw(rest)}`,
    isDone: sql`(select count(*) from ${sql.id(/\bnotified as\b/i.test(parts) ? 'notified' : 'ins')}) >= 0`,
  };
}
