import { randomInt } from 'node:crypto';
import type { App } from '../../platform/app.ts';
import { later } from '../../platform/clock.ts';
import type { Keys } from '../../platform/crypto/secrets.ts';
import { sign } from '../../platform/crypto/token.ts';
import { deleteCode, deleteCodesOf, replaceCode, tryCode, unverifyCode } from './queries.ts';

/** A code is for one owner (a customer's or a staff user's id) and one purpose. */
export interface CodeUse {
  ownerId: string;
  /** `mfa.email` */
  purpose: string;
}

const DIGITS = 6;

/** Six digits are told apart by trying them all: only with a key does their hash hide them, and each owner's differs. */
const hashOf = (keys: Keys, { ownerId, purpose }: CodeUse, code: string) =>
  Buffer.from(sign(keys.codes, `${ownerId} ${purpose} ${code}`));

/** Makes a code and returns it; it is stored nowhere. The owner's earlier code for the purpose is void. */
export async function issueCode(app: App, use: CodeUse): Promise<string> {
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  const createdAt = app.now();
  const expiresAt = later(createdAt, app.config.MFA_CODE_SECONDS);
  await replaceCode(app.db, { ...use, codeHash: hashOf(app.secrets, use, code), createdAt, expiresAt });
  return code;
}

/**
 * Whether a code is the newest one of its owner, in time, and was not guessed at too often. A right one may be shown
 * again until it expires, unless `once` asks for one that never was: of two at once one is right.
 */
export const verifyCode = (app: App, use: CodeUse, code: string, { once = false } = {}): Promise<boolean> =>
  tryCode(app.db, {
    ...use,
    // During a rotation of SECRET, codes from before it are right too.
    codeHashes: [app.secrets, app.secrets.previous].flatMap((keys) =>
      keys ? [hashOf(keys, use, code.slice(0, 64))] : [],
    ),
    now: app.now(),
    limit: app.config.MFA_CODE_ATTEMPTS,
    once,
  });

/** Lets a right code that came to nothing be shown once more. */
export const returnCode = (app: App, { ownerId, purpose }: CodeUse): Promise<void> =>
  unverifyCode(app.db, ownerId, purpose);

/** Voids the code of a purpose. */
export const voidCode = (app: App, { ownerId, purpose }: CodeUse): Promise<void> =>
  deleteCode(app.db, ownerId, purpose);

/** Voids every code of an owner: at log-out, and whenever log-ins end. */
export const voidCodes = (app: App, ownerId: string): Promise<void> => deleteCodesOf(app.db, ownerId);
