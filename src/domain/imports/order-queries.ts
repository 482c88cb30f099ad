import { sql } from 'kysely';
import { itemColumns, orderColumns, refreshItemStates } from '../orders/index.ts';
import type { StagedChunk } from './table-importer.ts';
import { idTaken, type Merged, mergeStaged, names } from './table-queries.ts';

const amounts = new Set([
  'subtotal',
  'discount_total',
  'expense_total',
  'tax_total',
  'grand_total',
  'canceled_total',
  'remuneration_total',
  'tax_rate',
  'tax_amount',
]);

/** The column of the file that has to be there for a column of the table to change. */
const fromFile: Record<string, string> = {
  billing_address: 'billing_first_name',
  shipping_address: 'shipping_first_name',
  business_unit_id: 'business_unit_key',
};

const updates = (columns: readonly string[]) =>
  Object.fromEntries(columns.map((name) => [name, fromFile[name] ?? name]));

/** Merges orders by their reference; their items come in a file of their own. */
export const mergeOrders = (chunk: StagedChunk): Promise<Merged> => {
  const special: Record<string, string> = {
    price_mode: "coalesce(s.price_mode, 'GROSS_MODE')",
    business_unit_id: 'unit.id',
    details: "coalesce(s.details, '{}')",
    created_at: `coalesce(s.created_at, ${chunk.moment})`,
    updated_at: `coalesce(s.updated_at, s.created_at, ${chunk.moment})`,
  };
  const value = (name: string) => special[name] ?? (amounts.has(name) ? `coalesce(s."${name}", 0)` : `s."${name}"`);
  return mergeStaged(chunk, {
    table: 'sales_order',
    key: ['reference'],
    joins: 'left join company_business_unit unit on unit.key = s.business_unit_key',
    values: {
      id: 's.id',
      reference: 's.order_reference',
      ...Object.fromEntries(orderColumns.map((name) => [name, value(name)])),
    },
    updates: updates(orderColumns),
    refuse: [
      names('business_unit_key', 'unit', 'business unit'),
      idTaken('sales_order', 'reference', 'order_reference'),
    ],
  });
};

/** Merges items by order and key, and notes the states of their orders. */
export async function mergeOrderItems(chunk: StagedChunk): Promise<Merged> {
  const special: Record<string, string> = {
    sum_price: 'coalesce(s.sum_price, s.unit_price * s.quantity)',
    details: "coalesce(s.details, '{}')",
  };
  const value = (name: string) => special[name] ?? (amounts.has(name) ? `coalesce(s."${name}", 0)` : `s."${name}"`);
  const merged = await mergeStaged(chunk, {
    table: 'sales_order_item',
    key: ['order_id', 'item_key'],
    joins: 'left join sales_order o on o.reference = s.order_reference',
    values: {
      order_id: 'o.id',
      item_key: 's.item_key',
      id: 's.id',
      ...Object.fromEntries(itemColumns.map((name) => [name, value(name)])),
    },
    updates: { ...updates(itemColumns), sum_price: 'unit_price' },
    refuse: [names('order_reference', 'o', 'order')],
  });
  const { rows } = await sql<{ id: string }>`
    select distinct o.id from ${sql.id(chunk.staging)} s join sales_order o on o.reference = s.order_reference`.execute(
    chunk.db,
  );
  await refreshItemStates(
    chunk.db,
    rows.map(({ id }) => id),
  );
  return merged;
}
