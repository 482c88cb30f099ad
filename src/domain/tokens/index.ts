export { type AccessToken, DEFAULT_CLIENT, issueAccessToken, readAccessToken, type Subject } from './access-token.ts';
export { tokensPrivacy } from './privacy.ts';
export { accessTokenInvalid, refreshRefused } from './problems.ts';
export { revokeAllOf } from './queries.ts';
export { issueRefreshToken, isRevoked, makeRefreshToken, redeemRefreshToken } from './refresh-token.ts';
export { revokeRefreshTokens } from './revoke.ts';
export { rotateKeys } from './signing-keys.ts';
export { removeExpiredTokens, sweepTokens } from './sweep.ts';
