import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../database/open.ts';
import type { DB } from '../database/tables.ts';

export type StoredMail = Selectable<DB['mailbox']>;

/** Mails kept in the built-in mailbox. */
const KEPT = 1000;

export async function insertMail(db: Db, mail: Insertable<DB['mailbox']>): Promise<void> {
  await db.insertInto('mailbox').values(mail).execute();
}

/** Newest first. */
export function newestMails(db: Db, limit = KEPT): Promise<StoredMail[]> {
  return db.selectFrom('mailbox').selectAll().orderBy('sentAt', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

export function mailById(db: Db, id: string): Promise<StoredMail | undefined> {
  return db.selectFrom('mailbox').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Removes all but the newest mails; their number. */
export async function trimMailbox(db: Db): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('mailbox')
    .where('id', 'in', (mailbox) =>
      mailbox.selectFrom('mailbox').select('id').orderBy('sentAt', 'desc').orderBy('id', 'desc').offset(KEPT),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
