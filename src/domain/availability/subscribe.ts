import { randomBytes } from 'node:crypto';
import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { customerNotFound, emailKey, lockCustomer, normalizeEmail } from '../customers/index.ts';
import { mayRepeat } from '../throttle/index.ts';
import { alreadySubscribed, notSubscribed, productUnknown, subscriptionRefused } from './problems.ts';
import { deleteSubscription, insertSubscription, type Subscription } from './queries.ts';

const SKU_MAX = 255;

export interface NewSubscription {
  sku: string;
  email: string;
  /** Null for a visitor. */
  customerId: string | null;
  store: string;
  locale: string;
}

/**
 * Notes that somebody wants to hear when a product is available again. Which products there are the shop knows, not we:
 * every sku is taken.
 *
 * @throws {@link alreadySubscribed}, {@link productUnknown}, {@link subscriptionRefused}
 */
export async function subscribe(
  app: App,
  { sku, email, customerId, store, locale }: NewSubscription,
): Promise<Subscription> {
  if (sku.length > SKU_MAX) throw productUnknown({});
  await refuseFlood(app, email);
  const key = randomBytes(16).toString('hex');
  const address = { email: normalizeEmail(email), emailKey: emailKey(email) };
  const names = { key, sku, ...address, customerId, store, locale, createdAt: app.now() };
  return transact(app, async (app) => {
    // Held, so that somebody who is erased meanwhile leaves nothing behind.
    if (customerId && !(await lockCustomer(app.db, customerId))) throw customerNotFound({});
    const made = await insertSubscription(app.db, names);
    if (!made) throw alreadySubscribed({});
    // Of a visitor there is nobody to keep a history of.
    if (customerId) await record(app, { action: 'availability.subscribed', customerId, changes: { sku: [null, sku] } });
    return made;
  });
}

/** Subscriptions of an address and from a network per hour: more than anybody waits for, far less than fills a table. */
const MOST = 100;
const HOUR = 3600;

async function refuseFlood(app: App, email: string): Promise<void> {
  const byAddress = await mayRepeat(app, `subscribe ${emailKey(email)}`, MOST, HOUR);
  const byNetwork = await mayRepeat(app, `subscribe from ${app.origin.network ?? ''}`, MOST * 10, HOUR);
  if (!byAddress || !byNetwork) throw subscriptionRefused({});
}

/** @throws {@link notSubscribed} */
export async function unsubscribe(app: App, key: string): Promise<void> {
  await transact(app, async (app) => {
    const gone = await deleteSubscription(app.db, key);
    if (!gone) throw notSubscribed({});
    const { customerId } = gone;
    if (customerId) await record(app, { action: 'availability.unsubscribed', customerId });
  });
}
