import { problem } from '../../platform/problem.ts';

/** What was called for was not given. */
export const mfaCodeMissing = problem('mfa.code-missing', 403);
export const mfaCodeInvalid = problem('mfa.code-invalid', 403);
/** There is no such method, or it is not in the state the request needs. */
export const mfaMethodUnknown = problem('mfa.method-unknown', 400);
export const mfaAlreadyActive = problem('mfa.already-active', 400);
/** Too many codes were asked for. */
export const mfaNotSent = problem('mfa.not-sent', 400);
