import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { mergeRows } from '../../platform/database/merge.ts';
import { holdOwners, keptOwner, ownerOf } from './owner-queries.ts';

/** What an order comes to, in minor units. */
export const totalColumns = [
  'subtotal',
  'discount_total',
  'expense_total',
  'tax_total',
  'grand_total',
  'canceled_total',
  'remuneration_total',
] as const;

/** Columns of an order that a feed or a file tells, beside its identity. */
export const orderColumns = [
  'customer_reference',
  'customer_id',
  'email',
  'store',
  'currency',
  'price_mode',
  ...totalColumns,
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
] as const;

/** Columns of an item, beside its identity. */
export const itemColumns = [
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
] as const;

export interface MergedOrders {
  created: number;
  updated: number;
}

/** An order or an item by the names of its columns. */
type Columns = Record<string, unknown>;

/**
 * Stores orders with their items; what was told of them before is replaced. The same again changes nothing. Items name
 * their order by `reference`.
 */
export async function mergeOrders(
  db: Db,
  orders: readonly Columns[],
  items: readonly Columns[],
): Promise<MergedOrders> {
  await holdOrders(
    db,
    orders.map(({ reference }) => String(reference)),
  );
  await holdOwners(db, 'shared');
  const names = ['id', 'reference', ...orderColumns];
  const owner = ownerOf('told.customer_reference', "element.value ->> 'email_key'");
  const valueOf = (name: string) =>
    name === 'customer_id' ? keptOwner(owner, 'told.customer_reference') : sql.ref(`told.${name}`);
  const merged = mergeRows(
    {
      table: 'sales_order',
      key: ['reference'],
      columns: names,
      updatable: orderColumns,
      rows: sql`select ${sql.join(names.map(valueOf))}
        from jsonb_array_elements(${JSON.stringify(orders)}::jsonb) with ordinality as element (value, at)
        cross join lateral jsonb_populate_record(null::sales_order, element.value) as told
        left join sales_order o on o.reference = told.reference
        order by element.at`,
    },
    sql`, id`,
  );
  const { rows } = await sql<{ created: boolean; id: string }>`${merged}`.execute(db);
  const changed = await mergeItems(db, orders, items);
  const created = new Set(rows.filter(({ created }) => created).map(({ id }) => id));
  const updated = new Set([...rows.map(({ id }) => id), ...changed]).difference(created);
  return { created: created.size, updated: updated.size };
}

/** Feeds of the same orders take turns, in whatever order they name them. */
export async function holdOrders(db: Db, references: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(reference, 0))
    from (select reference from unnest(${references}::text[]) as reference order by reference) sorted`.execute(db);
}

/** Items become those that were told; the orders whose items changed are returned. */
async function mergeItems(db: Db, orders: readonly Columns[], items: readonly Columns[]): Promise<string[]> {
  const references = orders.map(({ reference }) => String(reference));
  const told = sql`(
    select o.id as told_order, element.at, i.*
    from jsonb_array_elements(${JSON.stringify(items)}::jsonb) with ordinality as element (value, at)
    cross join lateral jsonb_populate_record(null::sales_order_item, element.value) as i
    join sales_order o on o.reference = element.value ->> 'reference'
  ) as told`;
  const merged = mergeRows(
    {
      table: 'sales_order_item',
      key: ['order_id', 'item_key'],
      columns: ['order_id', 'item_key', 'id', ...itemColumns],
      updatable: itemColumns,
      rows: sql`select told_order, item_key, told.id, ${sql.join(itemColumns.map((name) => sql.ref(`told.${name}`)))} from ${told} order by told.at`,
    },
    sql`, order_id as "orderId"`,
  );
  const written = await sql<{ orderId: string }>`${merged}`.execute(db);
  const removed = await sql<{ orderId: string }>`
    delete from sales_order_item i using sales_order o
    where i.order_id = o.id and o.reference = any(${references})
      and not exists (select 1 from ${told} where told_order = o.id and told.item_key = i.item_key)
    returning i.order_id as "orderId"`.execute(db);
  const touched = [...new Set([...written.rows, ...removed.rows].map(({ orderId }) => orderId))];
  await refreshItemStates(db, touched);
  return touched;
}

/** Notes each state of an order's items once, in the order of the items. */
export async function refreshItemStates(db: Db, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return;
  await sql`
    update sales_order o set item_states = s.states
    from unnest(${orderIds}::uuid[]) as touched (id)
    cross join lateral (
      select coalesce(array_agg(state order by first), '{}') as states
      from (select state, min(number) as first from sales_order_item where order_id = touched.id and state is not null group by state) each
    ) s
    where o.id = touched.id and o.item_states <> s.states`.execute(db);
}
