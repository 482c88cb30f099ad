export { isBreached } from './breached.ts';
export { checkPassword, checkPasswordRules, checkStaffPassword } from './check.ts';
export { hashFormat } from './hash-format.ts';
export { type Person } from './personal.ts';
export { type PasswordPolicy, policyOf, typedPattern } from './policy.ts';
export { hashUnusable, passwordRefused, type Violation } from './problems.ts';
export { verifyPassword } from './verify.ts';
