import type { Problem } from '../../platform/problem.ts';
import { EMAIL_MAX, isEmail } from './customer.ts';
import { emailInvalid, emailTaken, emailTooLong } from './problems.ts';

/** What stands against an address, in the order of the contract (§3.2). */
export const emailObjections = (email: string, { taken }: { taken: boolean }): Problem[] => [
  ...(isEmail(email) ? [] : [emailInvalid({})]),
  ...(taken ? [emailTaken({})] : []),
  ...([...email].length > EMAIL_MAX ? [emailTooLong({ max: EMAIL_MAX })] : []),
];
