export { sendMfaCode } from './email.ts';
export { activateMfa, activeMfa, beginMfa, challengeMfa, deactivateMfa, mfaStatus, requireMfa } from './mfa.ts';
export type { Owner } from './method.ts';
export { mfaPrivacy } from './privacy.ts';
export { mfaAlreadyActive, mfaCodeInvalid, mfaCodeMissing, mfaMethodUnknown, mfaNotSent } from './problems.ts';
