import { problem } from '../../platform/problem.ts';

/** The customer has no such address; that somebody else has it is not said. */
export const addressNotFound = problem('addresses.not-found', 404);
