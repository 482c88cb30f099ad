export {
  type AccessToken,
  DEFAULT_CLIENT,
  isOver,
  issueAccessToken,
  readAccessToken,
  type ShopSubject,
  type Subject,
} from './access-token.ts';
export { tokensPrivacy } from './privacy.ts';
export { accessTokenInvalid, refreshRefused } from './problems.ts';
export { type RefreshToken, revokeAllOf, revokeAllOfStaff } from './queries.ts';
export { type Grant, issueRefreshToken, isRevoked, makeRefreshToken, redeemRefreshToken } from './refresh-token.ts';
export { revokeRefreshTokens, type TokenOwner } from './revoke.ts';
export { rotateKeys } from './signing-keys.ts';
export { removeExpiredTokens, sweepTokens } from './sweep.ts';
