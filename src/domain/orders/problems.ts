import { problem } from '../../platform/problem.ts';

/** A feed holds what is no order; what is wrong where, by the path of the member. Nothing of it is stored. */
export const orderFeedRefused = problem<{ issues: readonly { path: string; message: string }[] }>(
  'orders.feed-refused',
  422,
);

/** The customer has no such order; that somebody else has it is not said. */
export const orderNotFound = problem('orders.not-found', 404);
