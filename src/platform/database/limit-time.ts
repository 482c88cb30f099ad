import { sql } from 'kysely';
import type { Db } from './open.ts';

/** Limits each statement of this transaction, in milliseconds. 0: no limit. */
export async function limitTime(db: Db, milliseconds: number): Promise<void> {
  await sql`select set_config('statement_timeout', ${String(milliseconds)}, true)`.execute(db);
}
