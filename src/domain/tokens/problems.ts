import { problem } from '../../platform/problem.ts';

/** `isEnded`: it was good until its account's password was changed or its log-ins were ended. */
export const accessTokenInvalid = problem<{ isEnded?: boolean }>('tokens.access-token-invalid', 401);
export const refreshRefused = problem('tokens.refresh-refused', 401);

/** The database is still bound to the secret before; `secret:rotate` comes first. */
export const secretRotating = problem('tokens.secret-rotating', 409);
