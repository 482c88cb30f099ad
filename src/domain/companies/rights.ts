import type { App } from '../../platform/app.ts';
import { isUuid } from '../../platform/id.ts';
import type { BusinessUnit, Company, CompanyRole, CompanyUser, UnitAddress } from './company.ts';
import {
  companyForeign,
  type CompanyPart,
  companyPartNotFound,
  companyUserNotSet,
  permissionMissing,
} from './problems.ts';
import {
  actingCompanyUser,
  colleagues,
  companyById,
  companyUserById,
  hasPermission,
  roleById,
  rolesOfUsers,
  unitAddressById,
  unitById,
} from './queries.ts';

// Who may see what of a company. Everything here begins with who is asking, and finds nothing outside
// their company. The one exception is the contract's: a colleague's id of another company reads otherwise than no id.

/** Who asks: a customer, and the company user they chose to act as. */
export interface Asking {
  customerId: string;
  companyUserId: string | null;
}

/**
 * The company user who is asking.
 *
 * @throws {@link companyUserNotSet} when none is chosen, or the one who is may not act any more.
 */
export async function currentCompanyUser(app: App, asking: Asking, part: CompanyPart): Promise<CompanyUser> {
  const { customerId, companyUserId } = asking;
  const user = companyUserId ? await actingCompanyUser(app.db, customerId, companyUserId) : undefined;
  if (!user) throw companyUserNotSet({ part });
  return user;
}

/** Finds a part of the company of who is asking; a foreign one is not found. */
async function findPart<T>(
  app: App,
  asking: Asking,
  part: CompanyPart,
  id: string,
  find: (companyId: string) => Promise<T | undefined>,
): Promise<T> {
  const { companyId } = await currentCompanyUser(app, asking, part);
  const found = isUuid(id) ? await find(companyId) : undefined;
  if (!found) throw companyPartNotFound({ part });
  return found;
}

/** @throws {@link companyUserNotSet}, {@link companyPartNotFound} */
export const findCompany = (app: App, asking: Asking, id: string): Promise<Company> =>
  findPart(app, asking, 'company', id, async (own) =>
    own === id.toLowerCase() ? companyById(app.db, own) : undefined,
  );

/** @throws {@link companyUserNotSet}, {@link companyPartNotFound} */
export const findUnit = (app: App, asking: Asking, id: string): Promise<BusinessUnit> =>
  findPart(app, asking, 'unit', id, (companyId) => unitById(app.db, companyId, id));

/** @throws {@link companyPartNotFound}, also where nobody is chosen to act as. */
export async function findUnitAddress(app: App, asking: Asking, id: string): Promise<UnitAddress> {
  try {
    return await findPart(app, asking, 'unit-address', id, (companyId) => unitAddressById(app.db, companyId, id));
  } catch (error) {
    throw companyUserNotSet.is(error) ? companyPartNotFound({ part: 'unit-address' }) : error;
  }
}

/** @throws {@link companyUserNotSet}, {@link companyPartNotFound} */
export const findRole = (app: App, asking: Asking, id: string): Promise<CompanyRole> =>
  findPart(app, asking, 'role', id, (companyId) => roleById(app.db, companyId, id));

/** The company of who is asking. */
export async function ownCompany(app: App, asking: Asking): Promise<Company> {
  const { companyId } = await currentCompanyUser(app, asking, 'company');
  const company = await companyById(app.db, companyId);
  if (!company) throw companyPartNotFound({ part: 'company' });
  return company;
}

/** The unit of who is asking. */
export async function ownUnit(app: App, asking: Asking): Promise<BusinessUnit> {
  const { companyId, unitId } = await currentCompanyUser(app, asking, 'unit');
  const unit = unitId ? await unitById(app.db, companyId, unitId) : undefined;
  if (!unit) throw companyPartNotFound({ part: 'unit' });
  return unit;
}

/** The roles of who is asking. */
export async function ownRoles(app: App, asking: Asking): Promise<CompanyRole[]> {
  const { id } = await currentCompanyUser(app, asking, 'role');
  return rolesOfUsers(app.db, [id]);
}

/**
 * Who may see colleagues: a company user with the permission.
 *
 * @throws {@link companyUserNotSet}, {@link permissionMissing}
 */
async function observer(app: App, asking: Asking): Promise<CompanyUser> {
  const user = await currentCompanyUser(app, asking, 'user');
  if (!(await hasPermission(app.db, user.id, 'SeeCompanyUsersPermissionPlugin'))) throw permissionMissing({});
  return user;
}

/** Everybody of the company of who is asking, active or not. */
export async function listColleagues(
  app: App,
  asking: Asking,
  filter: Parameters<typeof colleagues>[2],
): ReturnType<typeof colleagues> {
  const { companyId } = await observer(app, asking);
  const impossible = [filter.unitId, filter.roleId].some((id) => id !== undefined && !isUuid(id));
  return impossible ? { items: [], total: 0 } : colleagues(app.db, companyId, filter);
}

/** @throws as `listColleagues`; {@link companyPartNotFound}; {@link companyForeign} for one of another company. */
export async function findColleague(app: App, asking: Asking, id: string): Promise<CompanyUser> {
  const { companyId } = await observer(app, asking);
  const user = isUuid(id) ? await companyUserById(app.db, id) : undefined;
  if (!user) throw companyPartNotFound({ part: 'user' });
  if (user.companyId !== companyId) throw companyForeign({});
  return user;
}
