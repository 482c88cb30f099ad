import { type Insertable, sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';

export interface RefreshToken {
  familyId: string;
  customerId: string | null;
  staffId: string | null;
  companyUserId: string | null;
  client: string;
  scopes: string[];
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
}

const shown = [
  'familyId',
  'customerId',
  'staffId',
  'companyUserId',
  'client',
  'scopes',
  'expiresAt',
  'usedAt',
  'revokedAt',
] as const;

export async function insertRefreshToken(db: Db, token: Insertable<DB['refreshToken']>): Promise<void> {
  await db.insertInto('refreshToken').values(token).execute();
}

/** Marks a token as used if it still may be: of two parallel uses one gets it. */
export function useRefreshToken(db: Db, tokenHash: Buffer, now: Date): Promise<RefreshToken | undefined> {
  return db
    .updateTable('refreshToken')
    .set({ usedAt: now })
    .where('tokenHash', '=', tokenHash)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning(shown)
    .executeTakeFirst();
}

export function refreshTokenByHash(db: Db, tokenHash: Buffer): Promise<RefreshToken | undefined> {
  return db.selectFrom('refreshToken').select(shown).where('tokenHash', '=', tokenHash).executeTakeFirst();
}

export async function revokeFamily(db: Db, familyId: string, now: Date): Promise<void> {
  await db
    .updateTable('refreshToken')
    .set({ revokedAt: now })
    .where('familyId', '=', familyId)
    .where('revokedAt', 'is', null)
    .execute();
}

/** Whose tokens: a customer's, a staff user's, or those with which the one acts for the other. */
export interface TokenOwner {
  customerId?: string | undefined;
  staffId?: string | undefined;
}

/** Revokes the tokens of an owner, or one of them; nothing happens to a token of somebody else. */
export async function revokeOwn(db: Db, owner: TokenOwner, tokenHash: Buffer | undefined, now: Date): Promise<void> {
  let statement = db.updateTable('refreshToken').set({ revokedAt: now }).where('revokedAt', 'is', null);
  if (owner.customerId) statement = statement.where('customerId', '=', owner.customerId);
  if (owner.staffId) statement = statement.where('staffId', '=', owner.staffId);
  if (tokenHash) statement = statement.where('tokenHash', '=', tokenHash);
  if (owner.customerId ?? owner.staffId) await statement.execute();
}

/** Revokes everything a staff user was given, for customers they acted for too. */
export const revokeAllOfStaff = (db: Db, staffId: string, now: Date): Promise<void> =>
  revokeOwn(db, { staffId }, undefined, now);

export async function revokeAllOf(db: Db, customerId: string, now: Date): Promise<void> {
  await db
    .updateTable('refreshToken')
    .set({ revokedAt: now })
    .where('customerId', '=', customerId)
    .where('revokedAt', 'is', null)
    .execute();
}

export async function deleteTokensOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('refreshToken').where('customerId', '=', customerId).execute();
}

export async function deleteTokensExpiredBefore(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('refreshToken').where('expiresAt', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}

export function tokensOf(db: Db, customerId: string) {
  return db
    .selectFrom('refreshToken')
    .select(['client', 'scopes', 'createdAt', 'expiresAt', 'usedAt', 'revokedAt'])
    .where('customerId', '=', customerId)
    .execute();
}

/** Newest first. */
export function signingKeys(db: Db) {
  return db.selectFrom('signingKey').selectAll().orderBy('createdAt', 'desc').orderBy('id').execute();
}

export async function insertSigningKey(db: Db, key: Insertable<DB['signingKey']>): Promise<void> {
  await db.insertInto('signingKey').values(key).execute();
}

/** Removes keys whose successor is older than any token they signed can be. */
export async function deleteKeysReplacedBefore(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('signingKey')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('signingKey as newer')
          .select('newer.id')
          .whereRef('newer.createdAt', '>', 'signingKey.createdAt')
          .where('newer.createdAt', '<', before),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function newestPrivateKey(db: Db): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('signingKey')
    .select('privateKey')
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.privateKey;
}

export async function replacePrivateKeys(db: Db, keys: readonly { id: string; privateKey: Buffer }[]): Promise<void> {
  await sql`
    update signing_key set private_key = changed.private_key
    from unnest(${keys.map(({ id }) => id)}::text[], ${keys.map(({ privateKey }) => privateKey)}::bytea[])
      as changed (id, private_key)
    where signing_key.id = changed.id`.execute(db);
}

export async function deleteSigningKeys(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom('signingKey').where('id', 'in', ids).execute();
}

export async function selectSeal(db: Db): Promise<Buffer | undefined> {
  const row = await db.selectFrom('secretSeal').select('sealed').executeTakeFirst();
  return row?.sealed;
}

export async function selectSealForUpdate(db: Db): Promise<Buffer | undefined> {
  const row = await db.selectFrom('secretSeal').select('sealed').forUpdate().executeTakeFirst();
  return row?.sealed;
}

/** Does nothing if there is a seal: the first one binds. */
export async function insertSeal(db: Db, sealed: Buffer, sealedAt: Date): Promise<void> {
  await db
    .insertInto('secretSeal')
    .values({ sealed, sealedAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function upsertSeal(db: Db, sealed: Buffer, sealedAt: Date): Promise<void> {
  await db
    .insertInto('secretSeal')
    .values({ sealed, sealedAt })
    .onConflict((conflict) => conflict.column('isOnly').doUpdateSet({ sealed, sealedAt }))
    .execute();
}
