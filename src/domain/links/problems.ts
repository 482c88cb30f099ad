import { problem } from '../../platform/problem.ts';

export const linkInvalid = problem('links.invalid', 422);
export const linkExpired = problem('links.expired', 422);
