import type { Problem } from '../../platform/problem.ts';
import { EMAIL_MAX, isEmail } from './customer.ts';
import { emailInvalid, emailTaken, emailTooLong } from './problems.ts';

/** New addresses have no dots beside each other or at an end; old ones, which imports bring, may have. */
const isUpright = (email: string): boolean => isEmail(email) && !/^\.|\.\.|\.@/.test(email);

/** Problems of an address, in the order of docs/glue/customers.md#registration. */
export const emailObjections = (email: string, { taken }: { taken: boolean }): Problem[] => [
  ...(isUpright(email) ? [] : [emailInvalid({})]),
  ...(taken ? [emailTaken({})] : []),
  ...([...email].length > EMAIL_MAX ? [emailTooLong({ max: EMAIL_MAX })] : []),
];
