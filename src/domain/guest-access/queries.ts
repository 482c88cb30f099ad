import type { Db } from '../../platform/database/open.ts';

/** Every kind of content with whether guests are kept from it. */
export const allRestrictions = (db: Db): Promise<{ contentType: string; isRestricted: boolean }[]> =>
  db.selectFrom('guestRestriction').select(['contentType', 'isRestricted']).orderBy('contentType').execute();

export async function upsertRestriction(db: Db, contentType: string, isRestricted: boolean): Promise<void> {
  await db
    .insertInto('guestRestriction')
    .values({ contentType, isRestricted })
    .onConflict((conflict) => conflict.column('contentType').doUpdateSet({ isRestricted }))
    .execute();
}
