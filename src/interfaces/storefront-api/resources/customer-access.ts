import { z } from 'zod';
import { type ContentType, contentTypes, restrictedContent } from '../../../domain/guest-access/index.ts';
import { forAnyone, resource } from '../resource.ts';

/** Resource types of each kind of content, see docs/glue/guests.md. Most of them are resources of the shop. */
export const resourceTypes: Record<ContentType, readonly string[]> = {
  price: ['abstract-product-prices', 'concrete-product-prices'],
  'order-place-submit': ['checkout', 'checkout-data'],
  'add-to-cart': ['guest-cart-items'],
  wishlist: ['wishlists', 'wishlist-items'],
  // The contract maps it to nothing: only pages know it.
  'shopping-list': [],
};

/** What guests may not use, see docs/glue/guests.md. */
export const customerAccess = resource({
  type: 'customer-access',
  shows: z.object({ resourceTypes: z.array(z.string()).describe('Resource types that guests may not use') }),
  named: false,
  operations: [
    forAnyone({
      method: 'GET',
      at: 'many',
      summary: 'What guests may not use',
      async handle({ app }) {
        const restricted = await restrictedContent(app);
        const types = contentTypes.flatMap((content) => (restricted.has(content) ? resourceTypes[content] : []));
        return { items: [{ type: 'customer-access', id: null, attributes: { resourceTypes: types } }] };
      },
    }),
  ],
});
