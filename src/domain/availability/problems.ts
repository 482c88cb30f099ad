import { problem } from '../../platform/problem.ts';

export const alreadySubscribed = problem('availability.already-subscribed', 422);
export const notSubscribed = problem('availability.not-subscribed', 404);
/** A sku that no shop could have: longer than a column of one. */
export const productUnknown = problem('availability.product-unknown', 404);
/** Too many were asked for. */
export const subscriptionRefused = problem('availability.refused', 422);
