import type { App } from '../../platform/app.ts';
import { hashToken, newToken } from '../../platform/crypto/token.ts';
import { emailKey } from '../../platform/mail/address.ts';
import { deviceOwner, upsertDevice } from './queries.ts';

/** Seconds a device is known after its last log-in. */
export const DEVICE_SECONDS = 365 * 86_400;

/** Remembers the browser as one its customer uses, under the token it already has or a new one. */
export async function rememberDevice(app: App, customerId: string, token: string | undefined): Promise<string> {
  // A cookie that somebody else set is not trusted across accounts: it is replaced.
  const kept = token && (await deviceOwner(app.db, hashToken(token)))?.id === customerId ? token : newToken();
  await upsertDevice(app.db, { tokenHash: hashToken(kept), customerId, lastUsedAt: app.now() });
  return kept;
}

/** Whether the customer of an address logged in with this device before. */
export const isKnownDevice = async (app: App, email: string, token: string): Promise<boolean> =>
  (await deviceOwner(app.db, hashToken(token)))?.emailKey === emailKey(email);
