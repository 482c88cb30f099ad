import type { PrivacyHook } from '../../platform/privacy.ts';
import { exportOrders } from './queries.ts';

const BOOKS = 'the books of the shop, which the law keeps';

const orderTables = {
  sales_order: {
    by: { customer_id: 'id', customer_reference: 'reference' },
    kept: {
      [BOOKS]: [
        'id',
        'number',
        'reference',
        'customer_id',
        'customer_reference',
        'email',
        'store',
        'currency',
        'price_mode',
        'subtotal',
        'discount_total',
        'expense_total',
        'tax_total',
        'grand_total',
        'canceled_total',
        'remuneration_total',
        'billing_address',
        'shipping_address',
        'payment_provider',
        'payment_method',
        'shipment_method',
        'shipment_carrier',
        'agent_email',
        'business_unit_id',
        'is_hidden',
        'details',
        'created_at',
        'updated_at',
      ],
    },
    derived: ['item_states'],
  },
  sales_order_item: {
    kept: {
      [BOOKS]: [
        'order_id',
        'item_key',
        'id',
        'number',
        'sku',
        'name',
        'quantity',
        'unit_price',
        'sum_price',
        'tax_rate',
        'tax_amount',
        'state',
        'is_returnable',
        'image',
        'details',
      ],
    },
  },
} as const;

/**
 * Orders stay when a person is erased, with the addresses they were sent to: they are the shop's books, which the law
 * keeps for years. They are reached by nobody but the shop, as their customer cannot log in any more.
 */
export const ordersPrivacy: PrivacyHook = {
  name: 'orders',
  tables: orderTables,
  export: (app, customerId) => exportOrders(app.db, customerId),
  anonymize: async () => {},
};
