import { problem } from '../../platform/problem.ts';

/** The customer has no such order; that somebody else has it is not said. */
export const orderNotFound = problem('orders.not-found', 404);
