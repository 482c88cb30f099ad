import { sql } from 'kysely';
import { isFull, isReadOnly } from './errors.ts';
import { migrationNames } from './migrate.ts';
import { type Db, poolOf } from './open.ts';

export interface DatabaseReadiness {
  database: 'ok' | 'away' | 'read-only' | 'full';
  /** `behind` where a migration of this program is missing; those of a newer program do not matter. */
  schema: 'ok' | 'behind' | 'unknown';
}

/** Milliseconds for which a server that ran out of disk or memory is reported: a small write may still succeed. */
const FULL_MS = 30_000;

/** Writes a row, as a database that answers may be read-only, full, or restored from an older backup. */
export async function databaseReadiness(db: Db, now: Date): Promise<DatabaseReadiness> {
  const names = await migrationNames();
  try {
    const { rows } = await sql<{ applied: number }>`
      with written as (
        insert into readiness_check (id, checked_at) values (true, ${now})
        on conflict (id) do update set checked_at = excluded.checked_at returning id
      )
      select (select count(*) from kysely_migration where name = any(${names})) as applied from written`.execute(db);
    return {
      database: poolOf(db)?.wasFull(FULL_MS) ? 'full' : 'ok',
      schema: rows[0]?.applied === names.length ? 'ok' : 'behind',
    };
  } catch (error) {
    return { database: isReadOnly(error) ? 'read-only' : isFull(error) ? 'full' : 'away', schema: 'unknown' };
  }
}
