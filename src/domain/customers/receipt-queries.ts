import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';

export async function insertReceipt(db: Db, receipt: Insertable<DB['erasureReceipt']>): Promise<void> {
  await db.insertInto('erasureReceipt').values(receipt).execute();
}

export function receiptById(db: Db, id: string): Promise<Selectable<DB['erasureReceipt']> | undefined> {
  return db.selectFrom('erasureReceipt').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function deleteReceipt(db: Db, id: string): Promise<void> {
  await db.deleteFrom('erasureReceipt').where('id', '=', id).execute();
}

export async function deleteReceiptsBefore(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('erasureReceipt').where('createdAt', '<', before).execute();
}
