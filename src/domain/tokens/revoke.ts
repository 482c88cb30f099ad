import { type App, transact } from '../../platform/app.ts';
import { hashToken } from '../../platform/crypto/token.ts';
import { record } from '../audit/index.ts';
import { revokeAllOf, revokeOne } from './queries.ts';

/** Revokes one refresh token of a customer, or all of them. A token of somebody else is left alone, silently. */
export async function revokeRefreshTokens(app: App, customerId: string, token?: string): Promise<void> {
  await transact(app, async (app) => {
    if (token === undefined) await revokeAllOf(app.db, customerId, app.now());
    else await revokeOne(app.db, customerId, hashToken(token), app.now());
    await record(app, { action: 'tokens.revoked', customerId, facts: { all: token === undefined } });
  });
}
