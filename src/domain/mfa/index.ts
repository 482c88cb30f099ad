export { sendMfaCode } from './email.ts';
export {
  activateMfa,
  activeMfa,
  beginMfa,
  challengeMfa,
  deactivateMfa,
  type MfaProof,
  mfaStatus,
  proveMfaOnce,
  requireMfa,
} from './mfa.ts';
export type { Owner } from './method.ts';
export { hasMfa } from './queries.ts';
export { mfaPrivacy } from './privacy.ts';
export { mfaAlreadyActive, mfaCodeInvalid, mfaCodeMissing, mfaMethodUnknown, mfaNotSent } from './problems.ts';
