import { type App, transact } from '../../platform/app.ts';
import { columns } from '../../platform/database/json.ts';
import { newId } from '../../platform/id.ts';
import { record } from '../audit/index.ts';
import { emailKey, reserveReferences } from '../customers/index.ts';
import { type MergedOrders, mergeOrders } from './feed-queries.ts';
import { type OrderFeed, OrdersFeed } from './order.ts';
import { orderFeedRefused } from './problems.ts';

/**
 * Takes orders over as the shop tells them, with all of their items. Telling one again replaces it; telling the same
 * again changes nothing. An order may come before its customer does; it belongs to no account until that customer is imported.
 *
 * @throws {@link orderFeedRefused}
 */
export async function feedOrders(app: App, feed: readonly OrderFeed[]): Promise<MergedOrders> {
  const parsed = OrdersFeed.safeParse(feed);
  if (!parsed.success)
    throw orderFeedRefused({
      issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    });
  const orders = parsed.data;
  await reserveReferences(
    app.db,
    orders.map(({ customerReference }) => customerReference ?? ''),
  );
  return transact(app, async (app) => {
    const merged = await mergeOrders(
      app.db,
      orders.map(({ items: _items, uuid, businessUnitId, updatedAt, ...order }) => ({
        ...columns(order),
        id: uuid ?? newId(),
        email_key: order.email === null ? null : emailKey(order.email),
        business_unit_id: businessUnitId,
        updated_at: updatedAt ?? order.createdAt,
      })),
      orders.flatMap(({ reference, items }) =>
        items.map(({ key, uuid, sumPrice, ...item }) => ({
          ...columns(item),
          reference,
          item_key: key,
          id: uuid ?? newId(),
          sum_price: sumPrice ?? item.unitPrice * item.quantity,
        })),
      ),
    );
    await record(app, { action: 'orders.fed', facts: { orders: orders.length, ...merged } });
    return merged;
  });
}
