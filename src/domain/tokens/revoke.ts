import { type App, transact } from '../../platform/app.ts';
import { hashToken } from '../../platform/crypto/token.ts';
import { record } from '../audit/index.ts';
import { voidCodes } from '../codes/index.ts';
import { revokeOwn, type TokenOwner } from './queries.ts';

export type { TokenOwner };

/**
 * Revokes one refresh token of an owner, or all of them. A token of somebody else is left alone, silently. It is how
 * programs log out, so one-time codes end with it.
 */
export async function revokeRefreshTokens(app: App, owner: TokenOwner, token?: string): Promise<void> {
  const { customerId, staffId } = owner;
  await transact(app, async (app) => {
    await revokeOwn(app.db, owner, token === undefined ? undefined : hashToken(token), app.now());
    // An agent who acts for a customer ends that, and nothing of the customer's own.
    const codesOf = customerId && staffId ? undefined : (customerId ?? staffId);
    if (codesOf) await voidCodes(app, codesOf);
    await record(app, {
      action: 'tokens.revoked',
      ...(customerId ? { customerId } : {}),
      facts: { all: token === undefined, ...(staffId ? { staff: staffId } : {}) },
    });
  });
}
