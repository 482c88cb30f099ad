import type { App } from '../../platform/app.ts';
import { overloaded } from '../../platform/problem.ts';
import { normalizePassword } from './normalize.ts';

/**
 * Hashes a new password.
 *
 * @throws {@link overloaded} if too many wait.
 */
export const hashPassword = (app: App, password: string): Promise<string> =>
  app.hasher.hash(normalizePassword(password), { network: app.origin.network });

/** Whether a new password is the one of a hash of today's. It waits where new passwords do, so that it delays no sign-in. */
export function isHashOf(app: App, hash: string, password: string): Promise<boolean> {
  const caller = { network: app.origin.network };
  return app.hasher.lanes.newPasswords(() => app.hasher.verify(hash, normalizePassword(password), caller), caller);
}

/** A new hash for a password that was proven, or undefined if the hasher is busy: the next sign-in tries again. */
export async function rehashPassword(app: App, password: string): Promise<string | undefined> {
  try {
    return await hashPassword(app, password);
  } catch (error) {
    if (overloaded.is(error)) return undefined;
    throw error;
  }
}
