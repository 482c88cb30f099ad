import { type Problem, problem } from '../../platform/problem.ts';
import { type CustomerState, EMAIL_MAX, isEmail } from './customer.ts';

export const customerNotFound = problem('customers.not-found', 404);
export const emailInvalid = problem('customers.email-invalid', 422);
export const emailTaken = problem('customers.email-taken', 422);
export const emailTooLong = problem<{ max: number }>('customers.email-too-long', 422);
export const customerLocked = problem('customers.locked', 403);
export const transitionRefused = problem<{ event: string; state: CustomerState }>('customers.transition-refused', 409);

/** New addresses have no dots beside each other or at an end; old ones, which imports bring, may have. */
const isUpright = (email: string): boolean => isEmail(email) && !/^\.|\.\.|\.@/.test(email);

/** Problems of an address, in the order of docs/glue/customers.md#registration. */
export const emailObjections = (email: string, { taken }: { taken: boolean }): Problem[] => [
  ...(isUpright(email) ? [] : [emailInvalid({})]),
  ...(taken ? [emailTaken({})] : []),
  ...([...email].length > EMAIL_MAX ? [emailTooLong({ max: EMAIL_MAX })] : []),
];
