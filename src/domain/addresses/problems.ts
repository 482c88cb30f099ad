import { problem } from '../../platform/problem.ts';

/** The customer has no such address; that somebody else has it is not said. */
export const addressNotFound = problem('addresses.not-found', 404);

/** The customer has as many as one may have. */
export const tooManyAddresses = problem('addresses.too-many', 400);
