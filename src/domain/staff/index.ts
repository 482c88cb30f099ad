export { createStaffUser } from './create.ts';
export { grantStaff, mayStaff } from './grant.ts';
export { lastAdministrator, staffEmailTaken, staffNotFound, staffRoleUnknown } from './problems.ts';
export {
  allStaff,
  lockStaff,
  replaceStaffHash,
  staffByEmail,
  staffById,
  staffByIds,
  staffByNumber,
  staffCredentials,
} from './queries.ts';
export { rights } from './rights.ts';
export { NewStaffUser, type StaffUser } from './staff-user.ts';
