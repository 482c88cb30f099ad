import type { PrivacyHook } from '../../platform/privacy.ts';
import { exportOrders } from './queries.ts';

/**
 * Orders stay when a person is erased, with the addresses they were sent to: they are the shop's books, which the law
 * keeps for years. They are reached by nobody but the shop, as their customer cannot log in any more.
 */
export const ordersPrivacy: PrivacyHook = {
  name: 'orders',
  tables: ['sales_order', 'sales_order_item'],
  export: (app, customerId) => exportOrders(app.db, customerId),
  anonymize: async () => {},
};
