export type { BusinessUnit, Company, CompanyRole, CompanyUser, UnitAddress } from './company.ts';
export { companiesPrivacy } from './privacy.ts';
export {
  companyForeign,
  type CompanyPart,
  companyPartNotFound,
  companyUserNotSet,
  permissionMissing,
} from './problems.ts';
export {
  actingCompanyUser,
  actingCompanyUsersOf,
  addressesOfUnits,
  companiesByIds,
  companyUserAtLogIn,
  logInQuery,
  rolesOfUsers,
  unitsByIds,
} from './queries.ts';
export {
  type Asking,
  findColleague,
  findCompany,
  findRole,
  findUnit,
  findUnitAddress,
  isActing,
  listColleagues,
  ownCompany,
  ownRoles,
  ownUnit,
} from './rights.ts';
