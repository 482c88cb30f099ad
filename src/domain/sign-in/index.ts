export { sendUnlock } from './mails.ts';
export { signInRefused } from './problems.ts';
export { type Credentials, signIn } from './sign-in.ts';
export { type Bearer, customerOfToken, refreshTokens, signInForTokens, type TokenPair } from './tokens.ts';
export { unblock, unblockByLink } from './unblock.ts';
