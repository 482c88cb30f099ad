import { z } from 'zod';
import { forCustomers, resource } from '../resource.ts';
import { ordersNotYours } from '../wire-problems.ts';

/** Carts belong to the shop, §3.6; here a storefront only finds out whether it may ask for them. */
export const carts = resource({
  type: 'carts',
  parents: ['customers'],
  shows: z.object({}),
  operations: [
    forCustomers({
      method: 'GET',
      at: 'many',
      summary: 'Nothing: carts belong to the shop',
      own: ordersNotYours,
      handle: () => ({ items: [] }),
    }),
  ],
});
