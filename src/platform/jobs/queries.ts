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

/** Lets the statements of this transaction take as long as they need. */
export async function liftTimeLimit(db: Db): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true)`.execute(db);
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
