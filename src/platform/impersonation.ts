import type { App } from './app.ts';
import { problem } from './problem.ts';

/** An agent who acts for a customer asked for what only the customer may do. */
export const notWhileImpersonating = problem('impersonation.not-allowed', 403);

/**
 * Called first by every use case that decides who controls an account: its password, email, second factors, sessions,
 * and its end. Whatever the channel, an agent who acts for the customer gets no further.
 *
 * @throws {@link notWhileImpersonating}
 */
export function refuseImpersonation({ origin }: App): void {
  if (origin.actingFor !== undefined) throw notWhileImpersonating({});
}
