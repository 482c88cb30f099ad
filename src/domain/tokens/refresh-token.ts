import { type App, transact } from '../../platform/app.ts';
import { later } from '../../platform/clock.ts';
import { hashToken, newToken } from '../../platform/crypto/token.ts';
import { newId } from '../../platform/id.ts';
import { record } from '../audit/index.ts';
import { refreshRefused } from './problems.ts';
import { insertRefreshToken, type RefreshToken, refreshTokenByHash, revokeFamily, useRefreshToken } from './queries.ts';

/** A used token that comes again within this time is the same client's race; later it was stolen. */
const RACE_MS = 30_000;

export interface Grant {
  customerId: string | null;
  /** The staff user it was given to, or who acts for the customer. */
  staffId?: string | null;
  /** Whom the customer acts as for a company. */
  companyUserId?: string | null;
  client: string;
  scopes: readonly string[];
  /** The log-in a token descends from; a new one starts a family. */
  familyId?: string;
  /** When it expires; its successors expire with it. Without it each lives its own time. */
  endsAt?: Date;
}

/** A new refresh token, and the row that is stored of it: its hash. */
export function makeRefreshToken(app: App, grant: Grant) {
  const { customerId, staffId = null, companyUserId = null, client, scopes, familyId = newId(), endsAt } = grant;
  const token = newToken();
  const createdAt = app.now();
  const expiresAt = endsAt ?? later(createdAt, app.config.REFRESH_TOKEN_SECONDS);
  const row = {
    tokenHash: hashToken(token),
    familyId,
    customerId,
    staffId,
    companyUserId,
    client,
    scopes: [...scopes],
    createdAt,
    expiresAt,
  };
  return { token, row };
}

/** Makes and stores a refresh token. */
export async function issueRefreshToken(app: App, grant: Grant): Promise<string> {
  const { token, row } = makeRefreshToken(app, grant);
  await insertRefreshToken(app.db, row);
  return token;
}

/**
 * Uses a refresh token up and says what it stood for. One that was used before ends all that descend from its log-in.
 *
 * @throws {@link refreshRefused} for a token that is unknown, expired, revoked or used.
 */
export async function redeemRefreshToken(app: App, token: string): Promise<RefreshToken> {
  const tokenHash = hashToken(token);
  const redeemed = await useRefreshToken(app.db, tokenHash, app.now());
  if (redeemed) return redeemed;

  const spent = await refreshTokenByHash(app.db, tokenHash);
  if (spent?.usedAt && !spent.revokedAt && app.now().getTime() - spent.usedAt.getTime() > RACE_MS) {
    await transact(app, async (app) => {
      await revokeFamily(app.db, spent.familyId, app.now());
      const { customerId, staffId } = spent;
      await record(app, {
        action: 'tokens.reuse-detected',
        ...(customerId ? { customerId } : {}),
        facts: staffId ? { staff: staffId } : {},
      });
    });
  }
  throw refreshRefused({});
}

/** What a refresh token stands for, used or not; undefined for an unknown one. */
export const findRefreshToken = (app: App, token: string): Promise<RefreshToken | undefined> =>
  refreshTokenByHash(app.db, hashToken(token));

/** Whether a refresh token was revoked, by whatever ends log-ins or by the customer. */
export async function isRevoked(app: App, token: string): Promise<boolean> {
  const known = await findRefreshToken(app, token);
  return !known || known.revokedAt !== null;
}
