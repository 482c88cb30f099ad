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

/** The company user who is asking; undefined when none is chosen, or the one who is may not act any more. */
const chosenCompanyUser = async (app: App, { customerId, companyUserId }: Asking): Promise<CompanyUser | undefined> =>
  companyUserId ? actingCompanyUser(app.db, customerId, companyUserId) : undefined;

/** Whether somebody acts for a company. */
export const isActing = async (app: App, asking: Asking): Promise<boolean> =>
  (await chosenCompanyUser(app, asking)) !== undefined;

/** @throws {@link companyUserNotSet} */
export async function currentCompanyUser(app: App, asking: Asking, part: CompanyPart): Promise<CompanyUser> {
  const user = await chosenCompanyUser(app, asking);
  if (!user) throw companyUserNotSet({ part });
  return user;
}

/**
 * Finds a part of the company of who is asking.
 *
 * @throws {@link companyPartNotFound} for a foreign one too, and for any where nobody is chosen to act as.
 */
async function findPart<T>(
  app: App,
  asking: Asking,
  part: CompanyPart,
  id: string,
  find: (companyId: string) => Promise<T | undefined>,
): Promise<T> {
  const user = await chosenCompanyUser(app, asking);
  const found = user && isUuid(id) ? await find(user.companyId) : undefined;
  if (!found) throw companyPartNotFound({ part });
  return found;
}

/** @throws {@link companyPartNotFound} */
export const findCompany = (app: App, asking: Asking, id: string): Promise<Company> =>
  findPart(app, asking, 'company', id, async (own) =>
    own === id.toLowerCase() ? companyById(app.db, own) : undefined,
  );

/** @throws {@link companyPartNotFound} */
export const findUnit = (app: App, asking: Asking, id: string): Promise<BusinessUnit> =>
  findPart(app, asking, 'unit', id, (companyId) => unitById(app.db, companyId, id));

/** @throws {@link companyPartNotFound} */
export const findUnitAddress = (app: App, asking: Asking, id: string): Promise<UnitAddress> =>
  findPart(app, asking, 'unit-address', id, (companyId) => unitAddressById(app.db, companyId, id));

/** @throws {@link companyPartNotFound} */
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
