import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { page, type PageWish } from '../../platform/database/page.ts';
import type { OrderSummary } from './order.ts';
import { asDetails } from './stored.ts';

export interface OrderSearch extends PageWish {
  /** Part of the reference, of an item's name or of its sku, in any letter case. */
  text?: string | undefined;
  /** Which of them; without it each. */
  in?: 'reference' | 'name' | 'sku' | undefined;
  /** Placed from then on. */
  from?: Date | undefined;
  /** Placed before. */
  until?: Date | undefined;
  /** Without it the order of arrival. */
  sort?: { by: 'createdAt' | 'updatedAt'; descending: boolean } | undefined;
}

/**
 * A customer's orders, and how many there are. Hidden ones are counted and not shown, as the reference product does. An
 * offset past the end means the last page.
 */
export async function listOrders(
  db: Db,
  customerId: string,
  search: OrderSearch,
): Promise<{ items: OrderSummary[]; total: number }> {
  const { rows } = await sql<OrderSummary & { total: number }>`
    with wanted as (
      select o.* from sales_order o where o.customer_id = ${customerId} ${conditions(search)}
    ), counted as (
      select count(*)::int as total from wanted
    )
    select counted.total, page.* from counted left join lateral (
      select id, reference, currency, price_mode, subtotal, discount_total, expense_total, tax_total, grand_total,
        canceled_total, remuneration_total, item_states, details, created_at, updated_at
      from wanted where not is_hidden order by ${ordering(search.sort)} ${page(search)}
    ) page on true`.execute(db);
  const items = rows.filter(({ id }) => id !== null);
  return {
    items: items.map(({ total: _total, ...order }) => ({ ...order, details: asDetails(order.details) })),
    total: rows[0]?.total ?? 0,
  };
}

function conditions({ text, in: where, from, until }: OrderSearch) {
  const pattern = `%${(text ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const item = (column: 'name' | 'sku') => sql`i.${sql.ref(column)} ilike ${pattern}`;
  const inItems = (condition: ReturnType<typeof sql>) =>
    sql`exists (select 1 from sales_order_item i where i.order_id = o.id and ${condition})`;
  const byText = {
    reference: sql`o.reference ilike ${pattern}`,
    name: inItems(item('name')),
    sku: inItems(item('sku')),
    any: sql`(o.reference ilike ${pattern} or ${inItems(sql`(${item('name')} or ${item('sku')})`)})`,
  }[where ?? 'any'];
  return sql`${text ? sql`and ${byText}` : sql``}
    ${from ? sql`and o.created_at >= ${from}` : sql``} ${until ? sql`and o.created_at < ${until}` : sql``}`;
}

function ordering(sort: OrderSearch['sort']) {
  if (!sort) return sql`number`;
  const column = sort.by === 'createdAt' ? sql`created_at` : sql`updated_at`;
  return sort.descending ? sql`${column} desc, number desc` : sql`${column}, number`;
}
