import { problem } from '../../platform/problem.ts';

export const accessTokenInvalid = problem('tokens.access-token-invalid', 401);
export const refreshRefused = problem('tokens.refresh-refused', 401);
