import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';

export interface StoredMethod {
  type: string;
  state: string;
}

const ofOwner = prepared((db, ownerId: string) =>
  db.selectFrom('mfaMethod').select(['type', 'state']).where('ownerId', '=', ownerId).orderBy('state').orderBy('type'),
);

/** The expression whether an owner has an active method, for statements that read the owner. */
export const hasMfa = (ownerId: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select from mfa_method where owner_id = ${ownerId} and state = 'activated')`;

/** Activated ones first. */
export const methodsOf = (db: Db, ownerId: string): Promise<StoredMethod[]> => ofOwner.all(db, ownerId);

/** Begins to activate a method, or begins again; false when it is active. */
export async function beginMethod(db: Db, ownerId: string, type: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into mfa_method (owner_id, type, state, created_at) values (${ownerId}, ${type}, 'pending', ${now})
    on conflict (owner_id, type) do update set created_at = excluded.created_at where mfa_method.state = 'pending'
    returning type`.execute(db);
  return rows.length > 0;
}

/** False when it was not pending any more: of two at once one activates it. */
export async function activateMethod(db: Db, ownerId: string, type: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mfaMethod')
    .set({ state: 'activated', activatedAt: now })
    .where('ownerId', '=', ownerId)
    .where('type', '=', type)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** False when it was gone already. */
export async function deleteMethod(db: Db, ownerId: string, type: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('mfaMethod')
    .where('ownerId', '=', ownerId)
    .where('type', '=', type)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function deleteMethodsOf(db: Db, ownerId: string): Promise<void> {
  await db.deleteFrom('mfaMethod').where('ownerId', '=', ownerId).execute();
}
