import type { PrivacyHook } from '../../platform/privacy.ts';
import { customerById } from '../customers/index.ts';
import { exportOrders } from './queries.ts';

/**
 * Orders stay when a person is erased, with the addresses they were sent to: they are the shop's books, which the law
 * keeps for years. They are reached by nobody but the shop, as their customer cannot log in any more.
 */
export const ordersPrivacy: PrivacyHook = {
  name: 'orders',
  tables: ['sales_order', 'sales_order_item'],
  async export(app, customerId) {
    const customer = await customerById(app.db, customerId);
    return customer ? exportOrders(app.db, customer.reference) : [];
  },
  anonymize: async () => {},
};
