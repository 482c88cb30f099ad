import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { Order, OrderAddress, OrderItem } from './order.ts';
import { asAddress, asDetails } from './stored.ts';

const orderFields = [
  'id',
  'reference',
  'email',
  'currency',
  'priceMode',
  'subtotal',
  'discountTotal',
  'expenseTotal',
  'taxTotal',
  'grandTotal',
  'canceledTotal',
  'remunerationTotal',
  'itemStates',
  'details',
  'billingAddress',
  'shippingAddress',
  'paymentProvider',
  'paymentMethod',
  'shipmentMethod',
  'shipmentCarrier',
  'createdAt',
  'updatedAt',
] as const;

const itemFields = [
  'id',
  'number',
  'itemKey',
  'sku',
  'name',
  'quantity',
  'unitPrice',
  'sumPrice',
  'taxAmount',
  'state',
  'isReturnable',
  'image',
  'details',
] as const;

const byReference = prepared((db, customerId: string, reference: string) =>
  db
    .selectFrom('salesOrder')
    .select(orderFields)
    .where('customerId', '=', customerId)
    .where('reference', '=', reference)
    .where('isHidden', '=', sql.lit(false)),
);

const itemsOf = prepared((db, orderId: string) =>
  db
    .selectFrom('salesOrderItem')
    .select(itemFields)
    .select(sql<number>`tax_rate::float8`.as('taxRate'))
    .where('orderId', '=', orderId)
    .orderBy('number'),
);

/** One of a customer's orders with its items; undefined for any other, whoever has it. */
export async function orderByReference(db: Db, customerId: string, reference: string): Promise<Order | undefined> {
  const row = await byReference(db, customerId, reference);
  if (!row) return undefined;
  const items = await itemsOf.all(db, row.id);
  return {
    ...row,
    details: asDetails(row.details),
    billingAddress: asAddress(row.billingAddress),
    shippingAddress: asAddress(row.shippingAddress),
    items: items.map((item): OrderItem => ({ ...item, details: asDetails(item.details) })),
  };
}

export interface OrderShipments {
  orderId: string;
  reference: string;
  details: Record<string, unknown>;
  shippingAddress: OrderAddress | null;
  shipmentMethod: string | null;
  shipmentCarrier: string | null;
  /** What each item says of its shipment. */
  items: { id: string; number: number; shipment: unknown }[];
}

/** How orders were sent. */
export async function shipmentsByIds(db: Db, orderIds: readonly string[]): Promise<OrderShipments[]> {
  const rows = await db
    .selectFrom('salesOrder')
    .select(['id as orderId', 'reference', 'details', 'shippingAddress', 'shipmentMethod', 'shipmentCarrier'])
    .select(
      sql<OrderShipments['items']>`coalesce((
        select jsonb_agg(
          jsonb_build_object('id', item.id, 'number', item.number, 'shipment', item.details -> 'idShipment')
          order by item.number
        )
        from sales_order_item item where item.order_id = sales_order.id
      ), '[]')`.as('items'),
    )
    .where('id', 'in', orderIds)
    .execute();
  return rows.map((row) => ({
    ...row,
    details: asDetails(row.details),
    shippingAddress: asAddress(row.shippingAddress),
  }));
}

/** Everything about a customer's orders, for a copy of their data. */
export async function exportOrders(db: Db, customerId: string) {
  const orders = await db
    .selectFrom('salesOrder')
    .select(orderFields)
    .where('customerId', '=', customerId)
    .orderBy('number')
    .execute();
  return Promise.all(orders.map(async (order) => ({ ...order, items: await itemsOf.all(db, order.id) })));
}
