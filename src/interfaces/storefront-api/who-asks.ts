import { type Bearer, bearerOfToken } from '../../domain/sign-in/index.ts';
import { accessTokenInvalid } from '../../domain/tokens/index.ts';
import type { App, Origin } from '../../platform/app.ts';

/**
 * Who is behind an Authorization header.
 *
 * @throws {@link accessTokenInvalid} unless it is `<scheme> <valid token>`, and one of the shop rather than the back office.
 */
export async function bearerOf(app: App, header: string, options?: { asksMfa: boolean }): Promise<Bearer> {
  const [scheme, token, ...rest] = header.trim().split(/\s+/);
  if (!scheme || !token || rest.length > 0) throw accessTokenInvalid({});
  const bearer = await bearerOfToken(app, token, options);
  if (bearer.token.scopes.includes('user')) throw accessTokenInvalid({});
  return bearer;
}

/** A client that signs in after a change of the password may still send the ended token, which is ignored then. */
export async function bearerAtLogIn(app: App, header: string): Promise<Bearer | undefined> {
  try {
    return await bearerOf(app, header);
  } catch (error) {
    if (accessTokenInvalid.is(error) && error.details.isEnded) return undefined;
    throw error;
  }
}

/** Whether a token is an agent's own; whoever acts for a customer is no agent with that one. */
export const isAgents = ({ token, staff }: Bearer): boolean => staff !== undefined && token.scopes.includes('agent');

/** Whoever acts for a customer stands in the audit log beside them. */
export function originOf(origin: Origin, { customer, staff: own, token }: Bearer, agent?: Bearer): Origin {
  const staff = own ?? agent?.staff;
  const { issuedAt } = token;
  if (staff) {
    const actor = token.scopes.includes('user') ? 'staff' : 'agent';
    const acting = customer ? { actingFor: customer.id } : {};
    return { ...origin, actor, actorId: staff.id, issuedAt, ...acting };
  }
  return customer ? { ...origin, actor: 'customer', actorId: customer.id, issuedAt } : origin;
}
