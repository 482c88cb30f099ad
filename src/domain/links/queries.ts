import type { Insertable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';

export type LinkKind = 'confirm' | 'reset' | 'invitation' | 'email-change' | 'email-change-stop' | 'unlock';

export interface Link {
  kind: string;
  customerId: string;
  email: string | null;
  expiresAt: Date;
}

const shown = ['kind', 'customerId', 'email', 'expiresAt'] as const;

/** Stores a link in place of the one it supersedes. */
export async function replaceLink(db: Db, link: Insertable<DB['link']>): Promise<void> {
  const { customerId: _customer, ...values } = link;
  await db
    .insertInto('link')
    .values(link)
    .onConflict((conflict) => conflict.columns(['customerId', 'slot']).doUpdateSet(values))
    .execute();
}

/** Gives a link that is still there another token and a new life; undefined when it is gone. */
export function renewLink(
  db: Db,
  kind: LinkKind,
  customerId: string,
  renewed: { tokenHash: Buffer; createdAt: Date; expiresAt: Date },
): Promise<Link | undefined> {
  return db
    .updateTable('link')
    .set(renewed)
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .returning(shown)
    .executeTakeFirst();
}

export function linkByHash(db: Db, tokenHash: Buffer, kinds: readonly LinkKind[]): Promise<Link | undefined> {
  return db
    .selectFrom('link')
    .select(shown)
    .where('tokenHash', '=', tokenHash)
    .where('kind', 'in', kinds)
    .executeTakeFirst();
}

/** Removes and returns a link that has not expired: of two parallel uses one gets it. */
export function takeLink(db: Db, tokenHash: Buffer, kinds: readonly LinkKind[], now: Date): Promise<Link | undefined> {
  return db
    .deleteFrom('link')
    .where('tokenHash', '=', tokenHash)
    .where('kind', 'in', kinds)
    .where('expiresAt', '>', now)
    .returning(shown)
    .executeTakeFirst();
}

export async function deleteLink(db: Db, kind: LinkKind, customerId: string): Promise<void> {
  await db.deleteFrom('link').where('customerId', '=', customerId).where('kind', '=', kind).execute();
}

export async function deleteLinksOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('link').where('customerId', '=', customerId).execute();
}

export async function deleteLinksExpiredBefore(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('link').where('expiresAt', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}

/** The newest link of a kind that a customer has, expired ones included. */
export function newestLink(
  db: Db,
  kind: LinkKind,
  customerId: string,
): Promise<(Link & { createdAt: Date }) | undefined> {
  return db
    .selectFrom('link')
    .select([...shown, 'createdAt'])
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .executeTakeFirst();
}

export function linksOf(db: Db, customerId: string) {
  return db
    .selectFrom('link')
    .select(['kind', 'email', 'createdAt', 'expiresAt'])
    .where('customerId', '=', customerId)
    .execute();
}
