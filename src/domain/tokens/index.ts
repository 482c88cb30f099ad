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
export { accessTokenInvalid, refreshRefused, secretRotating } from './problems.ts';
export { type RefreshToken, revokeAllOf, revokeAllOfStaff } from './queries.ts';
export {
  findRefreshToken,
  type Grant,
  issueRefreshToken,
  isRevoked,
  makeRefreshToken,
  redeemRefreshToken,
} from './refresh-token.ts';
export { revokeRefreshTokens, type TokenOwner } from './revoke.ts';
export { bindSecret, readSeal, resetSecret, rotateSecret, type SealState } from './secret-seal.ts';
export { rotateKeys } from './signing-keys.ts';
export { removeExpiredTokens, sweepTokens } from './sweep.ts';
