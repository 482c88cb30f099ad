import { problem } from '../../platform/problem.ts';

/** There is no such customer, or none whom anybody could act for. */
export const impersonationRefused = problem('agents.impersonation-refused', 401);
