import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { emailKey, mailboxOf } from '../../platform/mail/address.ts';
import { rateLimited } from './problems.ts';
import { consumeUse } from './queries.ts';

const HOUR = 3600;

/**
 * Counts a registration against the network it comes from: on the pages by default, over the API only by a setting, as
 * the server of a storefront speaks for many people there.
 *
 * @throws {@link rateLimited}
 */
export async function consumeRegistration(app: App): Promise<void> {
  const { channel, limit } = registrationLimit(app);
  const { network } = app.origin;
  if (!network || limit === 0) return;
  const retryAfterSeconds = await secondsOver(app, `registrations ${channel} ${network}`, limit);
  if (retryAfterSeconds > 0) throw rateLimited({ retryAfterSeconds });
}

function registrationLimit({ config, origin }: App): { channel: string; limit: number } {
  if (origin.door === 'pages') return { channel: 'pages', limit: config.PAGE_REGISTRATIONS_PER_HOUR };
  if (origin.door === 'storefront-api') return { channel: 'api', limit: config.API_REGISTRATIONS_PER_HOUR };
  return { channel: origin.door, limit: 0 };
}

/**
 * Counts an email to an address that has proven nothing against its mailbox. Only addresses with a `+tag` are counted:
 * there is no end of them, and what is sent to the plain address stays out of the reach of those who use them up.
 *
 * @throws {@link rateLimited}
 */
export async function consumeMailboxEmail(app: App, address: string): Promise<void> {
  const retryAfterSeconds = await mailboxWait(app, address);
  if (retryAfterSeconds > 0) throw rateLimited({ retryAfterSeconds });
}

/** The same for callers whose answer must not depend on it; returns false if the email is not to be sent. */
export const mayEmailMailbox = async (app: App, address: string): Promise<boolean> =>
  (await mailboxWait(app, address)) === 0;

/** Whether emails to an address are counted against its mailbox. */
export const isTagged = (address: string): boolean => mailboxOf(address) !== emailKey(address);

async function mailboxWait(app: App, address: string): Promise<number> {
  if (!isTagged(address)) return 0;
  return secondsOver(app, `mailbox ${mailboxOf(address)}`, app.config.MAILBOX_EMAILS_PER_HOUR);
}

/** Counts one use; returns the seconds until the next one is allowed, 0 if this one is. */
async function secondsOver(app: App, what: string, limit: number): Promise<number> {
  const now = app.now();
  const { uses, windowEnds } = await consumeUse(app.db, fingerprint(`use ${what}`), null, HOUR, now);
  return uses <= limit ? 0 : Math.max(1, Math.ceil((windowEnds.getTime() - now.getTime()) / 1000));
}
