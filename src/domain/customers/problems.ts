import { problem } from '../../platform/problem.ts';
import type { CustomerState } from './customer.ts';

export const customerNotFound = problem('customers.not-found', 404);
export const emailInvalid = problem('customers.email-invalid', 422);
export const emailTaken = problem('customers.email-taken', 422);
export const emailTooLong = problem<{ max: number }>('customers.email-too-long', 422);
export const customerLocked = problem('customers.locked', 403);
export const transitionRefused = problem<{ event: string; state: CustomerState }>('customers.transition-refused', 409);
