import type { Insertable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';

export interface Session {
  id: string;
  customerId: string;
  remembered: boolean;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

const shown = ['id', 'customerId', 'remembered', 'createdAt', 'lastSeenAt', 'expiresAt'] as const;

export async function insertSession(db: Db, session: Insertable<DB['session']>): Promise<void> {
  await db.insertInto('session').values(session).execute();
}

export function sessionByHash(db: Db, tokenHash: Buffer): Promise<Session | undefined> {
  return db.selectFrom('session').select(shown).where('tokenHash', '=', tokenHash).executeTakeFirst();
}

export async function touchSession(db: Db, id: string, now: Date): Promise<void> {
  await db.updateTable('session').set({ lastSeenAt: now }).where('id', '=', id).execute();
}

/** Undefined when the session has another token by now, or has ended. */
export function replaceToken(
  db: Db,
  tokenHash: Buffer,
  next: Buffer,
): Promise<{ remembered: boolean; expiresAt: Date } | undefined> {
  return db
    .updateTable('session')
    .set({ tokenHash: next })
    .where('tokenHash', '=', tokenHash)
    .returning(['remembered', 'expiresAt'])
    .executeTakeFirst();
}

export async function deleteSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('session').where('tokenHash', '=', tokenHash).execute();
}

/** False when it is not one of the customer's. */
export async function deleteSessionById(db: Db, customerId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('id', '=', id)
    .where('customerId', '=', customerId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Every session of a customer but one. */
export async function deleteSessionsOf(db: Db, customerId: string, except?: string): Promise<void> {
  let statement = db.deleteFrom('session').where('customerId', '=', customerId);
  if (except) statement = statement.where('id', '!=', except);
  await statement.execute();
}

export function sessionsOf(db: Db, customerId: string) {
  return db
    .selectFrom('session')
    .select([...shown, 'userAgent', 'network'])
    .where('customerId', '=', customerId)
    .orderBy('lastSeenAt', 'desc')
    .execute();
}

/** Those that have not ended: within their time, and remembered or used since `idle`. */
export function livingSessionsOf(db: Db, customerId: string, now: Date, idle: Date) {
  return db
    .selectFrom('session')
    .select([...shown, 'userAgent'])
    .where('customerId', '=', customerId)
    .where('expiresAt', '>', now)
    .where(({ eb, or }) => or([eb('remembered', '=', true), eb('lastSeenAt', '>', idle)]))
    .orderBy('lastSeenAt', 'desc')
    .execute();
}

/** Sessions past their end, or unused since `idle` and not remembered. */
export async function deleteEndedSessions(db: Db, now: Date, idle: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where(({ eb, or, and }) =>
      or([eb('expiresAt', '<', now), and([eb('remembered', '=', false), eb('lastSeenAt', '<', idle)])]),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function upsertDevice(db: Db, device: Insertable<DB['knownDevice']>): Promise<void> {
  await db
    .insertInto('knownDevice')
    .values(device)
    .onConflict((conflict) =>
      conflict.column('tokenHash').doUpdateSet({ customerId: device.customerId, lastUsedAt: device.lastUsedAt }),
    )
    .execute();
}

/** The customer who last logged in with a device. */
export function deviceOwner(db: Db, tokenHash: Buffer): Promise<{ id: string; emailKey: string } | undefined> {
  return db
    .selectFrom('knownDevice')
    .innerJoin('customer', 'customer.id', 'knownDevice.customerId')
    .select(['customer.id', 'customer.emailKey'])
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
}

export async function deleteDevicesOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('knownDevice').where('customerId', '=', customerId).execute();
}

export async function deleteDevicesUnusedSince(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('knownDevice').where('lastUsedAt', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}
