import type { App } from '../../platform/app.ts';
import type { Caller } from '../../platform/crypto/gate.ts';
import { newToken } from '../../platform/crypto/token.ts';
import { isPublished } from './demo-password.ts';
import { hashFormat, type HashFormat } from './hash-format.ts';
import { hasImportedHashes, noteMeasured } from './hash-cost.ts';
import { normalizePassword } from './normalize.ts';
import { hashUnusable } from './problems.ts';

/** Longest password that is looked at, UTF-16 code units; longer ones are wrong without being hashed. */
const LONGEST = 4096;

export interface Verification {
  matches: boolean;
  /** Whether to store a new hash of what was typed: this one is of another kind, and it proved the whole password. */
  outdated: boolean;
  /** Milliseconds it waited for other computations. */
  waitedMs: number;
}

/**
 * Whether a password belongs to a stored hash, of whatever format.
 *
 * Every guess waits in the queue of our own hashes, and every one that fails also in that of imported hashes, so the time
 * in a queue does not say what is stored. Without a hash (no such account, no password yet) it verifies a decoy. The
 * published password of the demo shop belongs to no hash in production, on every channel.
 *
 * @throws {@link overloaded} if too many computations wait.
 */
export function verifyPassword(app: App, stored: string | null | undefined, password: string): Promise<Verification> {
  // In the place of the published one another is verified, which is wrong, so that it is refused as any wrong one.
  return compare(app, stored, isPublished(app, password) ? newToken() : password);
}

async function compare(app: App, stored: string | null | undefined, password: string): Promise<Verification> {
  let waitedMs = 0;
  const caller: Caller = { network: app.origin.network, onWait: (milliseconds) => (waitedMs += milliseconds) };
  if (password.length > LONGEST) return { matches: false, outdated: false, waitedMs };
  const format = formatOf(app, stored);
  if (stored && format && format !== 'own') {
    await app.hasher.lanes.signIn(nothing, caller);
    const proven = await provenByImported(app, format, stored, password, caller);
    return { matches: proven !== 'none', outdated: proven === 'whole', waitedMs };
  }
  const hash = stored && format ? stored : await decoyHash(app);
  for (const spelling of spellings(password)) {
    if (!(await app.hasher.verify(hash, spelling, caller))) continue;
    const isAsHashed = app.hasher.isCurrent(hash) && spelling === normalizePassword(password);
    return { matches: true, outdated: !isAsHashed, waitedMs };
  }
  if (await hasImportedHashes(app)) await app.hasher.lanes.imported(nothing, caller);
  return { matches: false, outdated: false, waitedMs };
}

const nothing = async () => undefined;

/** What a password may have been hashed as: normalised, as we do, or as typed, as other shops do. */
function spellings(password: string): string[] {
  const normalized = normalizePassword(password);
  return normalized === password ? [password] : [normalized, password];
}

/** Computations that a wrong password costs at most; it depends on what was typed alone, never on an account. */
export const computationsFor = (password: string): number =>
  // bcrypt is tried twice with more than 72 bytes: as Symfony hashes them, and cut off.
  spellings(password).length * (Buffer.byteLength(password) > 72 ? 2 : 1);

async function provenByImported(app: App, format: HashFormat, stored: string, password: string, caller: Caller) {
  for (const spelling of spellings(password)) {
    const { match, milliseconds } = await app.hasher.verifyImported(format, stored, spelling, caller);
    await noteMeasured(app, stored, milliseconds, computationsFor(spelling));
    if (match !== 'none') return match;
  }
  return 'none';
}

/** Verified where there is no hash. No password belongs to it. */
async function decoyHash(app: App): Promise<string> {
  const { decoy } = await app.memory.recall('decoy hash', Number.MAX_SAFE_INTEGER, async () => ({
    decoy: await app.hasher.hash('\0 no password has a NUL before a blank'),
  }));
  return decoy;
}

/** Undefined for a hash that cannot be verified, or costs too much to: it belongs to no password. */
function formatOf(app: App, stored: string | null | undefined): HashFormat | 'own' | undefined {
  if (!stored) return undefined;
  if (app.hasher.isOwn(stored)) return 'own';
  try {
    return hashFormat(stored);
  } catch (error) {
    if (hashUnusable.is(error)) return undefined;
    throw error;
  }
}
