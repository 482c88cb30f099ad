import { problem } from '../../platform/problem.ts';

/** The minutes are those of a whole block, not what is left of it: the answer tells nothing about others' attempts. */
export const tooManyAttempts = problem<{ minutes: number }>('throttle.too-many-attempts', 429);
