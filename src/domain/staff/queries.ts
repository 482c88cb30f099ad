import { type Insertable, sql, type Updateable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';
import { emailKey } from '../../platform/mail/address.ts';
import type { RightRule } from './rights.ts';
import { type StaffState, staffStates, type StaffUser } from './staff-user.ts';

const shown = [
  'id',
  'number',
  'email',
  'firstName',
  'lastName',
  'locale',
  'state',
  'isAgent',
  'accessEndedAt',
] as const;

type Row = Omit<StaffUser, 'state'> & { state: string };

function toStaffUser(row: Row): StaffUser {
  const state: StaffState | undefined = staffStates.find((state) => state === row.state);
  if (!state) throw new Error(`staff user ${row.id} is in no known state`);
  return { ...row, state };
}

/** In any letter case, whatever the state. */
export async function staffByEmail(db: Db, email: string): Promise<StaffUser | undefined> {
  const row = await db.selectFrom('staffUser').select(shown).where('emailKey', '=', emailKey(email)).executeTakeFirst();
  return row && toStaffUser(row);
}

/** With the hash of the password, for those who verify it. */
export async function staffCredentials(
  db: Db,
  email: string,
): Promise<{ user: StaffUser; passwordHash: string } | undefined> {
  const row = await db
    .selectFrom('staffUser')
    .select([...shown, 'passwordHash'])
    .where('emailKey', '=', emailKey(email))
    .executeTakeFirst();
  if (!row) return undefined;
  const { passwordHash, ...user } = row;
  return { user: toStaffUser(user), passwordHash };
}

export async function staffById(db: Db, id: string): Promise<StaffUser | undefined> {
  const row = await db.selectFrom('staffUser').select(shown).where('id', '=', id).executeTakeFirst();
  return row && toStaffUser(row);
}

export async function staffByIds(db: Db, ids: readonly string[]): Promise<StaffUser[]> {
  const rows = await db
    .selectFrom('staffUser')
    .select(shown)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  return rows.map(toStaffUser);
}

/** Holds the row until the transaction ends. */
export async function lockStaff(db: Db, id: string): Promise<{ user: StaffUser; passwordHash: string } | undefined> {
  const row = await db
    .selectFrom('staffUser')
    .select([...shown, 'passwordHash'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const { passwordHash, ...user } = row;
  return { user: toStaffUser(user), passwordHash };
}

export async function staffByNumber(db: Db, number: number): Promise<StaffUser | undefined> {
  const row = await db.selectFrom('staffUser').select(shown).where('number', '=', number).executeTakeFirst();
  return row && toStaffUser(row);
}

/** Undefined when the address is taken; the unique index decides. */
export async function insertStaffUser(db: Db, user: Insertable<DB['staffUser']>): Promise<StaffUser | undefined> {
  const row = await db
    .insertInto('staffUser')
    .values(user)
    .onConflict((conflict) => conflict.column('emailKey').doNothing())
    .returning(shown)
    .executeTakeFirst();
  return row && toStaffUser(row);
}

export async function updateStaffUser(db: Db, id: string, changes: Updateable<DB['staffUser']>): Promise<void> {
  await db.updateTable('staffUser').set(changes).where('id', '=', id).execute();
}

/** Replaces a hash by a better one of the same password, unless the password changed meanwhile. */
export async function replaceStaffHash(db: Db, id: string, stale: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('staffUser')
    .set({ passwordHash })
    .where('id', '=', id)
    .where('passwordHash', '=', stale)
    .execute();
}

export const allStaff = async (db: Db): Promise<(StaffUser & { roles: string[] })[]> => {
  const rows = await db
    .selectFrom('staffUser')
    .leftJoin('staffUserRole', 'staffUserRole.staffId', 'staffUser.id')
    .select(shown)
    .select(({ fn, lit }) =>
      fn
        .coalesce(fn.agg<string[]>('array_remove', [fn.agg('array_agg', ['role']), lit(null)]), sql<string[]>`'{}'`)
        .as('roles'),
    )
    .groupBy('staffUser.id')
    .orderBy('number')
    .execute();
  return rows.map(({ roles, ...row }) => ({ ...toStaffUser(row), roles: roles.toSorted() }));
};

export async function roleNames(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('staffRole').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

export async function addRole(db: Db, staffId: string, role: string): Promise<void> {
  await db
    .insertInto('staffUserRole')
    .values({ staffId, role })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeRole(db: Db, staffId: string, role: string): Promise<void> {
  await db.deleteFrom('staffUserRole').where('staffId', '=', staffId).where('role', '=', role).execute();
}

/** The rules of all roles of a user. */
export async function rulesOf(db: Db, staffId: string): Promise<RightRule[]> {
  const rows = await db
    .selectFrom('staffUserRole')
    .innerJoin('staffRoleRight', 'staffRoleRight.role', 'staffUserRole.role')
    .select(['rightName', 'effect'])
    .where('staffId', '=', staffId)
    .execute();
  return rows.map(({ rightName, effect }) => ({ right: rightName, effect: effect === 'deny' ? 'deny' : 'allow' }));
}

/** Whether anybody active is left who may do everything. One change of rights at a time gets past this line. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  await sql`select 1 from staff_role where name = 'administrator' for update`.execute(db);
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select 1 from staff_user u
      where u.state = 'active'
        and exists (select 1 from staff_user_role ur join staff_role_right r on r.role = ur.role
          where ur.staff_id = u.id and r.right_name = '*' and r.effect = 'allow')
        and not exists (select 1 from staff_user_role ur join staff_role_right r on r.role = ur.role
          where ur.staff_id = u.id and r.effect = 'deny')
    ) as found`.execute(db);
  return rows[0]?.found ?? false;
}
