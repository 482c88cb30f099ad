import { problem } from '../../platform/problem.ts';

/** Something was asked for too often. The time is what is left of the window, so that the next attempt is not in vain. */
export const rateLimited = problem<{ retryAfterSeconds: number }>('throttle.rate-limited', 429);

/** The minutes are those of a whole block, not what is left of it: the answer tells nothing about others' attempts. */
export const tooManyAttempts = problem<{ minutes: number }>('throttle.too-many-attempts', 429);
