import { type App, transact } from '../../platform/app.ts';
import { earlier, later } from '../../platform/clock.ts';
import { hashToken, newToken } from '../../platform/crypto/token.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { isUuid, newId } from '../../platform/id.ts';
import { record } from '../audit/index.ts';
import { voidCodes } from '../codes/index.ts';
import {
  deleteSession,
  deleteSessionById,
  insertSession,
  livingSessionsOf,
  replaceToken,
  type Session,
  sessionByHash,
  touchSession,
} from './queries.ts';

/** A session is marked as used at most this often, so that reading a page seldom writes. */
const TOUCH_SECONDS = 60;

export interface NewSession {
  customerId: string;
  remembered: boolean;
  /** As the browser names itself, to recognise a device by. */
  userAgent?: string | undefined;
}

/** Starts a session and returns the token for its cookie; only the hash is stored. */
export async function startSession(
  app: App,
  { customerId, remembered, userAgent }: NewSession,
): Promise<{ token: string; id: string; seconds: number }> {
  const token = newToken();
  const id = newId();
  const now = app.now();
  const seconds = remembered ? app.config.REMEMBER_SECONDS : app.config.SESSION_SECONDS;
  await insertSession(app.db, {
    id,
    tokenHash: hashToken(token),
    customerId,
    remembered,
    userAgent: userAgent?.slice(0, 300) ?? null,
    network: app.origin.network ?? null,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: later(now, seconds),
  });
  return { token, id, seconds };
}

/** The session of a cookie, or undefined when it ended: logged out, idle too long, past its time. */
export async function resumeSession(app: App, token: string): Promise<Session | undefined> {
  const session = await sessionByHash(app.db, hashToken(token));
  if (!session) return undefined;
  const now = app.now();
  if (session.expiresAt <= now) return undefined;
  if (!session.remembered && session.lastSeenAt <= earlier(now, app.config.SESSION_IDLE_SECONDS)) return undefined;
  if (session.lastSeenAt <= earlier(now, TOUCH_SECONDS)) await touchSession(app.db, session.id, now);
  return session;
}

/** A session's next token, and the seconds for which a browser keeps it: those that are left, or until it is closed. */
export interface RenewedSession {
  token: string;
  seconds: number | undefined;
}

/**
 * Gives a session another token where it gains rights; the token before is over at once. Undefined when another request
 * renewed it first: the browser gets the token from there.
 */
export async function renewSession(app: App, token: string): Promise<RenewedSession | undefined> {
  const next = newToken();
  const session = await replaceToken(app.db, hashToken(token), hashToken(next));
  if (!session) return undefined;
  const left = Math.ceil((session.expiresAt.getTime() - app.now().getTime()) / 1000);
  return { token: next, seconds: session.remembered ? left : undefined };
}

/** Ends the session of a cookie that a sign-in replaces, whoever put it there. */
export async function replaceSession(app: App, token: string): Promise<void> {
  const session = await sessionByHash(app.db, hashToken(token));
  if (!session) return;
  await deleteSession(app.db, hashToken(token));
  await record(app, { action: 'sessions.ended', customerId: session.customerId, facts: { by: 'sign-in' } });
}

/** Ends the session of a cookie, if there is one. */
export async function endSession(app: App, token: string): Promise<void> {
  const session = await sessionByHash(app.db, hashToken(token));
  if (!session) return;
  await transact(app, async (app) => {
    await deleteSession(app.db, hashToken(token));
    await voidCodes(app, session.customerId);
    await record(app, { action: 'sessions.ended', customerId: session.customerId, facts: { by: 'log-out' } });
  });
}

/** Ends one of a customer's sessions; nothing happens to somebody else's. */
export async function endSessionById(app: App, customerId: string, id: string): Promise<void> {
  refuseImpersonation(app);
  if (!isUuid(id)) return;
  await transact(app, async (app) => {
    if (await deleteSessionById(app.db, customerId, id)) {
      await record(app, { action: 'sessions.ended', customerId, facts: { by: 'list' } });
    }
  });
}

/** Where a customer is logged in, last used first. */
export function listSessions(app: App, customerId: string) {
  const now = app.now();
  return livingSessionsOf(app.db, customerId, now, earlier(now, app.config.SESSION_IDLE_SECONDS));
}
