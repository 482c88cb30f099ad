import pg from 'pg';
import { problem } from '../problem.ts';

/** The database cannot do what was asked just now; the request may be tried again. */
export const databaseAway = problem<{ retryAfterSeconds: number }>('database.away', 503);

/** The database refuses a value that was sent. Interfaces check values before; this is for what they overlook. */
export const dataRefused = problem('database.data-refused', 400);

/** SQLSTATE of a write that a standby or a read-only server refuses. */
export const READ_ONLY = '25006';

/** Thrown in place of what `pg` says when a server stops answering; the outcome of the statement is unknown. */
export const databaseSilent = (cause?: unknown): Error =>
  Object.assign(new Error('The database does not answer', { cause }), { code: 'ETIMEDOUT' });

const network = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What `pg` says where it has no code. */
const broken = /^Connection terminated|connection error and is not queryable|was closed and is not queryable/;
const noneFree = /^timeout exceeded when trying to connect|^timeout expired|due to connection timeout/;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const says = (error: unknown, pattern: RegExp): boolean => error instanceof Error && pattern.test(error.message);

/** The server undid the transaction in favour of another one (40001, 40P01): doing it again is safe. */
export const isConflict = (error: unknown): boolean => /^40(?:001|P01)$/.test(codeOf(error));

export const isReadOnly = (error: unknown): boolean => codeOf(error) === READ_ONLY;

/** Disk, memory or connections are used up (class 53). */
export const isFull = (error: unknown): boolean => /^53\w{3}$/.test(codeOf(error));

/** A statement was prepared before a migration changed what it returns. It was not executed. */
const isOutdatedPlan = (error: unknown): boolean => codeOf(error) === '0A000' && says(error, /cached plan/);

/** Shutting down, crashed, idle for too long (57P01, 57P02, 57P03, 57P05, 25P03), or a broken connection (class 08). */
const isGone = (error: unknown): boolean =>
  /^(?:57P0[1235]|25P03|08\w{3})$/.test(codeOf(error)) || network.has(codeOf(error)) || says(error, broken);

/** Longer than a statement or a lock may take (57014, 55P03). */
const isTooSlow = (error: unknown): boolean => /^(?:57014|55P03)$/.test(codeOf(error));

/**
 * Whether the database is the reason rather than the program, so that the answer is 503: away, read-only, full, too
 * slow, or busy with a conflicting change.
 */
export const isDatabaseAway = (error: unknown): boolean =>
  isGone(error) ||
  isReadOnly(error) ||
  isFull(error) ||
  isTooSlow(error) ||
  isConflict(error) ||
  isOutdatedPlan(error) ||
  says(error, noneFree);

/**
 * Whether the database refused a value rather than a statement: too long, out of range, no date, NUL or half a surrogate
 * pair, no such representation (class 22 of SQLSTATE without what only a wrong statement can cause).
 */
export const isRefusedData = (error: unknown): boolean => /^22(?:001|003|007|008|021|P02|P03|P05)$/.test(codeOf(error));

/** The problem that an error of the database means for who asked; undefined for a mistake of ours. */
export function databaseProblem(error: unknown) {
  if (isDatabaseAway(error)) return databaseAway({ retryAfterSeconds: 5 });
  return isRefusedData(error) ? dataRefused({}) : undefined;
}

/** Whether the connection is of no more use and must not go back to the pool. */
export const breaksConnection = (error: unknown): boolean =>
  isGone(error) || isReadOnly(error) || isOutdatedPlan(error);

/** Whether a server refused or undid the statement, so that it certainly did not happen. */
export const wasNotExecuted = (error: unknown): boolean =>
  isReadOnly(error) || isConflict(error) || isOutdatedPlan(error);

/**
 * Whether trying again at once may help, on another connection. Not after waiting in vain: who asked has waited enough,
 * and a server that is gone, full or slow needs time.
 */
export const isTransient = (error: unknown): boolean =>
  wasNotExecuted(error) || says(error, broken) || /^(?:57P0[125]|25P03|08\w{3}|ECONNRESET|EPIPE)$/.test(codeOf(error));

/** Whether no connection could be had in time although others are in use: no reason to try another server. */
export const isPoolExhausted = (error: unknown): boolean => says(error, /^timeout exceeded when trying to connect/);

/** Why the database cannot be used at all, for the person who started us; undefined for any other trouble. */
export function databaseTrouble(error: unknown): string | undefined {
  const refused = error instanceof pg.DatabaseError && /^(28|3D|42501)/.test(error.code ?? '');
  if (!refused && !isDatabaseAway(error)) return undefined;
  return `The database cannot be used: ${error instanceof Error ? error.message : ''}. Is DATABASE_URL right, and does the server run?`;
}

/** What the database said, without the rows it may quote beside that. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? [codeOf(error), error.message].filter(Boolean).join(': ') : String(error);
