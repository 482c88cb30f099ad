import { z } from 'zod';
import {
  alreadySubscribed,
  notSubscribed,
  productUnknown,
  subscribe,
  type Subscription,
  subscriptionsOf,
  unsubscribe,
} from '../../../domain/availability/index.ts';
import { everything } from '../../../platform/database/page.ts';
import { type AskOf, forCustomers, type Item, noContent, forAnyone, resource } from '../resource.ts';
import { atMost, attributes, email, isString, notBlank, text } from '../rules.ts';
import { notificationsNotYours } from '../wire-problems.ts';

const Attributes = z.object({ localeName: z.string(), email: z.string(), sku: z.string() });

const subscriptionItem = ({ key, sku, email, locale }: Subscription): Item => ({
  type: 'availability-notifications',
  id: key,
  attributes: { localeName: locale, email, sku },
});

const ownSubscriptions = {
  method: 'GET',
  at: 'many',
  summary: 'The subscriptions of the customer',
  paged: true,
  async handle({ app, bearer, store, page }: AskOf<undefined>) {
    const { items, total } = await subscriptionsOf(app.db, bearer.customer.id, store.name, page ?? everything);
    return { items: items.map(subscriptionItem), total };
  },
} as const;

/**
 * Subscriptions to products that are out of stock, see docs/glue/stores.md#availability-notifications. Every sku is
 * accepted: only the shop knows its products.
 */
export const availabilityNotifications = resource({
  type: 'availability-notifications',
  shows: Attributes,
  operations: [
    forAnyone({
      method: 'POST',
      summary: 'Subscribe to a product; a token makes the subscription the customer’s',
      whileImpersonating: true,
      heedsToken: true,
      attributes: attributes({ sku: text(notBlank, isString), email: text(notBlank, email, atMost(255)) }),
      problems: [productUnknown({}), alreadySubscribed({})],
      async handle({ app, attributes: { sku, email }, bearer, store, locale }) {
        const customerId = bearer?.customer?.id ?? null;
        const names = { sku, email, customerId, store: store.name, locale };
        return { items: [subscriptionItem(await subscribe(app, names))] };
      },
    }),
    forAnyone({
      method: 'DELETE',
      summary: 'Unsubscribe, with the key that subscribing answered',
      whileImpersonating: true,
      silent: true,
      problems: [notSubscribed({})],
      async handle({ app, id }) {
        await unsubscribe(app, id);
        return noContent;
      },
    }),
  ],
});

export const myAvailabilityNotifications = resource({
  type: 'my-availability-notifications',
  as: 'availability-notifications',
  shows: Attributes,
  operations: [forCustomers(ownSubscriptions)],
});

export const customerAvailabilityNotifications = resource({
  type: 'availability-notifications',
  parents: ['customers'],
  shows: Attributes,
  operations: [forCustomers({ ...ownSubscriptions, own: notificationsNotYours })],
});
