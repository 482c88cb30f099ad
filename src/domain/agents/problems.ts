import { problem } from '../../platform/problem.ts';

/** There is no such customer, or none whom anybody could act for. */
export const impersonationRefused = problem('agents.impersonation-refused', 401);

/** The shop wants to know why an agent acts for a customer. */
export const impersonationReasonMissing = problem('agents.impersonation-reason-missing', 422);
