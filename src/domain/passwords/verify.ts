import type { App } from '../../platform/app.ts';
import { hashFormat, type HashFormat } from './hash-format.ts';
import { hashUnusable } from './problems.ts';
import { bcrypt, digest, firebase, phpass, verifyPbkdf2, verifyScrypt } from './legacy.ts';

const legacy: Record<Exclude<HashFormat, 'argon2'>, (stored: string, password: string) => Promise<boolean>> = {
  bcrypt,
  phpass,
  pbkdf2: verifyPbkdf2,
  scrypt: verifyScrypt,
  firebase,
  digest,
};

/** Longest password that is looked at, characters; longer ones are wrong without being hashed. */
const LONGEST = 4096;

/**
 * Whether a password belongs to a stored hash, of whatever format.
 *
 * Without a hash (no such account, no password yet) it works as long on a decoy and says no.
 *
 * @throws {@link overloaded} when too many computations wait.
 */
export async function verifyPassword(app: App, stored: string | null | undefined, password: string): Promise<boolean> {
  if (password.length > LONGEST) return false;
  if (!stored) {
    const { decoy } = await app.memory.recall('decoy hash', Number.MAX_SAFE_INTEGER, async () => ({
      decoy: await app.hasher.hash('nobody has this password'),
    }));
    await app.hasher.verify(decoy, password);
    return false;
  }
  const format = formatOf(stored);
  if (format === 'unusable') return verifyPassword(app, undefined, password);
  if (!format || format === 'argon2') return app.hasher.verify(stored, password);
  return app.hasher.gated(() => legacy[format](stored, password).catch(() => false));
}

/** A hash that cannot be verified, or costs too much to, belongs to no password; whoever asks reads what anybody reads. */
function formatOf(stored: string): HashFormat | 'unusable' | undefined {
  try {
    return hashFormat(stored);
  } catch (error) {
    if (hashUnusable.is(error)) return 'unusable';
    throw error;
  }
}
