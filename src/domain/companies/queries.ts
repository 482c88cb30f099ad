import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { page } from '../../platform/database/page.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { BusinessUnit, Company, CompanyRole, CompanyUser, Permission, UnitAddress } from './company.ts';

const userFields = [
  'companyUser.id',
  'companyUser.companyId',
  'companyUser.customerId',
  'companyUser.unitId',
  'companyUser.isActive',
  'companyUser.isDefault',
] as const;
const unitFields = [
  'id',
  'companyId',
  'name',
  'email',
  'phone',
  'externalUrl',
  'iban',
  'bic',
  'defaultBillingAddressId',
] as const;
const addressFields = [
  'id',
  'address1',
  'address2',
  'address3',
  'zipCode',
  'city',
  'phone',
  'country',
  'comment',
] as const;
const roleFields = ['id', 'companyId', 'name', 'isDefault'] as const;

/** Company users who may act: active, of an active and approved company. */
const acting = (db: Db) =>
  db
    .selectFrom('companyUser')
    .innerJoin('company', 'company.id', 'companyUser.companyId')
    // Written out, as a prepared statement takes no parameters but its caller's.
    .where('companyUser.isActive', '=', sql.lit(true))
    .where('company.isActive', '=', sql.lit(true))
    .where('company.status', '=', sql.lit('approved'));

/** The query for whom a log-in acts as: the only company user of a customer, or the default of several, or nobody. */
export const logInQuery = (db: Db, customerId: string | RawBuilder<string>) =>
  db
    .selectFrom(
      acting(db)
        .select(['companyUser.id', 'companyUser.isDefault', sql<number>`count(*) over ()`.as('users')])
        .where('customerId', '=', customerId)
        .as('mine'),
    )
    .select('id')
    .where((mine) => mine.or([mine('isDefault', '=', sql.lit(true)), mine('users', '=', sql.lit(1))]))
    .limit(sql.lit(1));

const atLogIn = prepared((db, customerId: string) => logInQuery(db, customerId));

/** Whom a log-in acts as, undefined for nobody. */
export const companyUserAtLogIn = async (db: Db, customerId: string): Promise<string | undefined> =>
  (await atLogIn(db, customerId))?.id;

/** The company user, if they may act and are this customer. */
export function actingCompanyUser(db: Db, customerId: string, id: string): Promise<CompanyUser | undefined> {
  return acting(db)
    .select(userFields)
    .where('companyUser.id', '=', id)
    .where('customerId', '=', customerId)
    .executeTakeFirst();
}

/** Every company user of a customer who may act, in order of creation. */
export function actingCompanyUsersOf(db: Db, customerId: string): Promise<CompanyUser[]> {
  return acting(db).select(userFields).where('customerId', '=', customerId).orderBy('companyUser.number').execute();
}

/** Whether any role of a company user gives a permission. */
export async function hasPermission(db: Db, userId: string, permission: Permission): Promise<boolean> {
  const row = await db
    .selectFrom('companyUserRole')
    .innerJoin('companyRolePermission', 'companyRolePermission.roleId', 'companyUserRole.roleId')
    .select('permission')
    .where('userId', '=', userId)
    .where('permission', '=', permission)
    .executeTakeFirst();
  return row !== undefined;
}

export const companyById = (db: Db, id: string): Promise<Company | undefined> =>
  db.selectFrom('company').select(['id', 'name', 'isActive', 'status']).where('id', '=', id).executeTakeFirst();

export const companiesByIds = (db: Db, ids: readonly string[]): Promise<Company[]> =>
  db.selectFrom('company').select(['id', 'name', 'isActive', 'status']).where('id', 'in', ids).execute();

export const unitById = (db: Db, companyId: string, id: string): Promise<BusinessUnit | undefined> =>
  db
    .selectFrom('companyBusinessUnit')
    .select(unitFields)
    .where('companyId', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst();

export const unitsByIds = (db: Db, ids: readonly string[]): Promise<BusinessUnit[]> =>
  db.selectFrom('companyBusinessUnit').select(unitFields).where('id', 'in', ids).execute();

export const unitAddressById = (db: Db, companyId: string, id: string): Promise<UnitAddress | undefined> =>
  db
    .selectFrom('companyUnitAddress')
    .select(addressFields)
    .where('companyId', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst();

/** Addresses of units, with the unit each belongs to. */
export const addressesOfUnits = (db: Db, unitIds: readonly string[]): Promise<(UnitAddress & { unitId: string })[]> =>
  db
    .selectFrom('companyBusinessUnitAddress')
    .innerJoin('companyUnitAddress', 'companyUnitAddress.id', 'companyBusinessUnitAddress.addressId')
    .select(addressFields)
    .select('unitId')
    .where('unitId', 'in', unitIds)
    .orderBy('companyUnitAddress.number')
    .execute();

export const roleById = (db: Db, companyId: string, id: string): Promise<CompanyRole | undefined> =>
  db
    .selectFrom('companyRole')
    .select(roleFields)
    .where('companyId', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst();

/** Roles of company users, with the user each was given to. */
export const rolesOfUsers = (db: Db, userIds: readonly string[]): Promise<(CompanyRole & { userId: string })[]> =>
  db
    .selectFrom('companyUserRole')
    .innerJoin('companyRole', 'companyRole.id', 'companyUserRole.roleId')
    .select(['companyRole.id', 'companyRole.companyId', 'companyRole.name', 'companyRole.isDefault', 'userId'])
    .where('userId', 'in', userIds)
    .orderBy('companyRole.number')
    .execute();

export const companyUserById = (db: Db, id: string): Promise<CompanyUser | undefined> =>
  db
    .selectFrom('companyUser')
    .innerJoin('customer', 'customer.id', 'companyUser.customerId')
    .select(userFields)
    .where('companyUser.id', '=', id)
    .where('customer.anonymizedAt', 'is', null)
    .executeTakeFirst();

export interface ColleagueFilter {
  unitId?: string | undefined;
  roleId?: string | undefined;
  offset: number;
  /** Null for all of them. */
  limit: number | null;
}

/**
 * Everybody who works or worked for a company, in order of creation, with their number in all. An offset past the end
 * means the last page.
 */
export async function colleagues(
  db: Db,
  companyId: string,
  { unitId, roleId, offset, limit }: ColleagueFilter,
): Promise<{ items: CompanyUser[]; total: number }> {
  const { rows } = await sql<CompanyUser & { total: number }>`
    with wanted as (
      select u.id, u.company_id, u.customer_id, u.unit_id, u.is_active, u.is_default, u.number
      from company_user u join customer c on c.id = u.customer_id and c.anonymized_at is null
      where u.company_id = ${companyId}
        and (${unitId ?? null}::uuid is null or u.unit_id = ${unitId ?? null}::uuid)
        and (${roleId ?? null}::uuid is null or exists (
          select 1 from company_user_role r where r.user_id = u.id and r.role_id = ${roleId ?? null}::uuid))
    ), counted as (
      select count(*)::int as total from wanted
    )
    select counted.total, page.* from counted left join lateral (
      select id, company_id, customer_id, unit_id, is_active, is_default from wanted order by number ${page({ offset, limit })}
    ) page on true`.execute(db);
  return { items: rows.filter(({ id }) => id !== null), total: rows[0]?.total ?? 0 };
}

/** What a customer is to companies, for a copy of their data. */
export const exportCompanyUsers = (db: Db, customerId: string) =>
  db
    .selectFrom('companyUser')
    .innerJoin('company', 'company.id', 'companyUser.companyId')
    .leftJoin('companyBusinessUnit', 'companyBusinessUnit.id', 'companyUser.unitId')
    .select([
      'company.name as company',
      'companyBusinessUnit.name as unit',
      'companyUser.isActive',
      'companyUser.createdAt',
    ])
    .where('customerId', '=', customerId)
    .execute();

export async function deleteCompanyUsersOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('companyUser').where('customerId', '=', customerId).execute();
}
