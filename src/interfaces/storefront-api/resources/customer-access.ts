import { z } from 'zod';
import { type ContentType, restrictedContent } from '../../../domain/guest-access/index.ts';
import { open, resource } from '../resource.ts';

/** Resource types of each kind of content, §9. Most of them belong to the shop, not to us. */
const resourceTypes: readonly (readonly [content: ContentType, types: readonly string[]])[] = [
  ['price', ['abstract-product-prices', 'concrete-product-prices']],
  ['order-place-submit', ['checkout', 'checkout-data']],
  ['add-to-cart', ['guest-cart-items']],
  ['wishlist', ['wishlists', 'wishlist-items']],
];

/** What guests may not use, §9. */
export const customerAccess = resource({
  type: 'customer-access',
  shows: z.object({ resourceTypes: z.array(z.string()).describe('Resource types that guests may not use') }),
  named: false,
  operations: [
    open({
      method: 'GET',
      at: 'many',
      summary: 'What guests may not use',
      async handle({ app }) {
        const restricted = await restrictedContent(app);
        const types = resourceTypes.flatMap(([content, types]) => (restricted.has(content) ? types : []));
        return { items: [{ type: 'customer-access', id: null, attributes: { resourceTypes: types } }] };
      },
    }),
  ],
});

/**
 * The shop's own resources, so that a storefront can probe whether it may use them, §24.20: an empty collection for
 * whoever may, 403 for guests where they are kept out.
 */
export const probes = resourceTypes.flatMap(([content, types]) =>
  types.map((type) =>
    resource({
      type,
      content,
      shows: z.object({}),
      operations: [
        open({
          method: 'GET',
          at: 'many',
          summary: `Nothing: ${type} belong to the shop; guests read whether they might use them`,
          handle: () => ({ items: [] }),
        }),
      ],
    }),
  ),
);
