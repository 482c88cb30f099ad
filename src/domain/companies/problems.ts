import { problem } from '../../platform/problem.ts';

/** Whatever of a company somebody may ask for. */
export type CompanyPart = 'company' | 'unit' | 'unit-address' | 'role' | 'user';

/** There is none, or it is another company's: which of the two is not said. */
export const companyPartNotFound = problem<{ part: CompanyPart }>('companies.not-found', 404);
/** Nobody is chosen to act as, or whoever was may not any more. */
export const companyUserNotSet = problem<{ part: CompanyPart }>('companies.user-not-set', 403);
export const permissionMissing = problem('companies.permission-missing', 403);
/** Only where the contract tells a colleague from a stranger. */
export const companyForeign = problem('companies.foreign', 403);
