import { problem } from '../../platform/problem.ts';

export const staffEmailTaken = problem('staff.email-taken', 422);
export const staffNotFound = problem('staff.not-found', 404);
export const staffRoleUnknown = problem<{ role: string; known: readonly string[] }>('staff.role-unknown', 422);
/** Nobody would be left who may do everything. */
export const lastAdministrator = problem('staff.last-administrator', 409);
