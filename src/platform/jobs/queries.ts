import { sql } from 'kysely';
import type { Db } from '../database/open.ts';

/** Whether anybody is connected to this database under a name. */
export async function isConnected(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ connected: boolean }>`
    select exists (select from pg_stat_activity
      where datname = current_database() and application_name = ${name}) as connected`.execute(db);
  return rows[0]?.connected ?? false;
}
