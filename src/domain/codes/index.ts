export { issueCode, returnCode, verifyCode, voidCode, voidCodes } from './code.ts';
export { codesPrivacy } from './privacy.ts';
export { sweepCodes } from './sweep.ts';
