import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import { isConnected } from '../jobs/queries.ts';
import type { Db } from './open.ts';

/** What the database server says of itself. */
export async function inspectDatabase(db: Db, now: Clock['now']) {
  const before = now().getTime();
  const { rows } = await sql<{
    version: string;
    now: Date;
    isEncrypted: boolean | null;
    isLocal: boolean;
    archiving: boolean;
    lastArchived: Date | null;
    failing: boolean | null;
  }>`
    select current_setting('server_version') as version, clock_timestamp() as now,
      (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as is_encrypted,
      coalesce(inet_server_addr() << '127.0.0.0/8' or inet_server_addr() = '::1', true) as is_local,
      current_setting('archive_mode') <> 'off' as archiving,
      (select last_archived_time from pg_stat_archiver) as last_archived,
      (select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver) as failing`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw new Error('the database says nothing of itself');
  // The middle of the time it took is when the database looked at its clock.
  const clockDifference = (row.now.getTime() - (before + now().getTime()) / 2) / 1000;
  return { ...row, isEncrypted: row.isEncrypted ?? false, failing: row.failing ?? false, clockDifference };
}

/** How the job queue does: what waits although it is due, what was given up, and whether anybody works. */
export async function inspectJobs(db: Db) {
  const { rows } = await sql<{ waiting: number; oldestSeconds: number | null; givenUp: number }>`
    select count(*) filter (where name <> 'dead-letters') as waiting,
      extract(epoch from now() - min(start_after) filter (where name <> 'dead-letters'))::float8 as oldest_seconds,
      count(*) filter (where name = 'dead-letters') as given_up
    from pgboss.job where state in ('created', 'retry') and start_after <= now()`.execute(db);
  const [row] = rows;
  return {
    waiting: row?.waiting ?? 0,
    oldestSeconds: row?.oldestSeconds ?? 0,
    givenUp: row?.givenUp ?? 0,
    isWorked: await isConnected(db, 'clientele jobs'),
  };
}
