export { type Bearer, bearerOfToken } from './bearer.ts';
export { sendUnlock } from './mails.ts';
export { signInRefused } from './problems.ts';
export { type Credentials, signIn } from './sign-in.ts';
export { staffAccount, unblockStaff } from './sign-in-staff.ts';
export {
  issueImpersonation,
  mayHold,
  refreshTokens,
  signInForTokens,
  signInStaffForTokens,
  switchCompanyUser,
  type TokenPair,
} from './tokens.ts';
export { unblock, unblockByLink } from './unblock.ts';
