import { randomBytes } from 'node:crypto';
import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { customerNotFound, emailKey, lockCustomer } from '../customers/index.ts';
import { alreadySubscribed, notSubscribed, productUnknown } from './problems.ts';
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
 * @throws {@link alreadySubscribed}, {@link productUnknown}
 */
export async function subscribe(
  app: App,
  { sku, email, customerId, store, locale }: NewSubscription,
): Promise<Subscription> {
  if (sku.length > SKU_MAX) throw productUnknown({});
  const key = randomBytes(16).toString('hex');
  const names = { key, sku, email, emailKey: emailKey(email), customerId, store, locale, createdAt: app.now() };
  return transact(app, async (app) => {
    // Held, so that somebody who is erased meanwhile leaves nothing behind.
    if (customerId && !(await lockCustomer(app.db, customerId))) throw customerNotFound({});
    const made = await insertSubscription(app.db, names);
    if (!made) throw alreadySubscribed({});
    await record(app, { action: 'availability.subscribed', ...(customerId ? { customerId } : {}), facts: { sku } });
    return made;
  });
}

/** @throws {@link notSubscribed} */
export async function unsubscribe(app: App, key: string): Promise<void> {
  await transact(app, async (app) => {
    const gone = await deleteSubscription(app.db, key);
    if (!gone) throw notSubscribed({});
    const { customerId } = gone;
    await record(app, { action: 'availability.unsubscribed', ...(customerId ? { customerId } : {}) });
  });
}
