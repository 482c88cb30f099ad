import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

export interface StoredCode {
  ownerId: string;
  purpose: string;
  codeHash: Buffer;
  createdAt: Date;
  expiresAt: Date;
}

/** The newest code takes the place of the one before. */
export async function replaceCode(db: Db, code: StoredCode): Promise<void> {
  const fresh = { ...code, attempts: 0, verifiedAt: null };
  await db
    .insertInto('oneTimeCode')
    .values(fresh)
    .onConflict((conflict) => conflict.columns(['ownerId', 'purpose']).doUpdateSet(fresh))
    .execute();
}

/**
 * Tries a code in one statement, so that guesses side by side are counted one by one: right ones are noted, wrong ones
 * counted, and nothing helps one that has expired or was guessed at too often. With `once`, one that was right before is
 * wrong.
 */
export async function tryCode(
  db: Db,
  {
    ownerId,
    purpose,
    codeHashes,
    now,
    limit,
    once,
  }: Pick<StoredCode, 'ownerId' | 'purpose'> & {
    codeHashes: readonly Buffer[];
    now: Date;
    limit: number;
    once: boolean;
  },
): Promise<boolean> {
  const { rows } = await sql<{ right: boolean }>`
    update one_time_code set
      attempts = attempts + case when code_hash = any(${codeHashes}::bytea[]) then 0 else 1 end,
      verified_at = case when code_hash = any(${codeHashes}::bytea[]) then coalesce(verified_at, ${now}) else verified_at end
    where owner_id = ${ownerId} and purpose = ${purpose} and attempts < ${limit} and expires_at > ${now}
      and (verified_at is null or not ${once})
    returning code_hash = any(${codeHashes}::bytea[]) as "right"`.execute(db);
  return rows[0]?.right ?? false;
}

/** Takes back that a code was right, so that it may be shown once more. */
export async function unverifyCode(db: Db, ownerId: string, purpose: string): Promise<void> {
  await db
    .updateTable('oneTimeCode')
    .set({ verifiedAt: null })
    .where('ownerId', '=', ownerId)
    .where('purpose', '=', purpose)
    .execute();
}

export async function deleteCodesOf(db: Db, ownerId: string): Promise<void> {
  await db.deleteFrom('oneTimeCode').where('ownerId', '=', ownerId).execute();
}

export async function deleteCode(db: Db, ownerId: string, purpose: string): Promise<void> {
  await db.deleteFrom('oneTimeCode').where('ownerId', '=', ownerId).where('purpose', '=', purpose).execute();
}

export async function deleteCodesExpiredBefore(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('oneTimeCode').where('expiresAt', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}

/** When codes were made, without them. */
export const codesOf = (db: Db, ownerId: string) =>
  db
    .selectFrom('oneTimeCode')
    .select(['purpose', 'createdAt', 'expiresAt', 'verifiedAt'])
    .where('ownerId', '=', ownerId)
    .execute();
