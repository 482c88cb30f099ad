import { sql, type Insertable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { page, type PageWish } from '../../platform/database/page.ts';
import type { DB } from '../../platform/database/tables.ts';
import { emailKey } from '../../platform/mail/address.ts';

export interface Subscription {
  /** 32 hexadecimal digits; whoever has it may unsubscribe. */
  key: string;
  sku: string;
  email: string;
  locale: string;
}

const shown = ['key', 'sku', 'email', 'locale'] as const;

/** Undefined when the address is subscribed to the product in the store already; the unique index decides. */
export const insertSubscription = (
  db: Db,
  subscription: Insertable<DB['availabilitySubscription']>,
): Promise<Subscription | undefined> =>
  db
    .insertInto('availabilitySubscription')
    .values(subscription)
    .onConflict((conflict) => conflict.columns(['emailKey', 'sku', 'store']).doNothing())
    .returning(shown)
    .executeTakeFirst();

/** Whose it was; undefined when there is no such subscription. */
export const deleteSubscription = (db: Db, key: string): Promise<{ customerId: string | null } | undefined> =>
  db.deleteFrom('availabilitySubscription').where('key', '=', key).returning('customerId').executeTakeFirst();

/** A page of a customer's subscriptions in a store, with their number in all; an offset past the end means the last page. */
export async function subscriptionsOf(
  db: Db,
  customerId: string,
  store: string,
  wish: PageWish,
): Promise<{ items: Subscription[]; total: number }> {
  const { rows } = await sql<Subscription & { total: number }>`
    with mine as (
      select key, sku, email, locale, number from availability_subscription where customer_id = ${customerId} and store = ${store}
    ), counted as (
      select count(*)::int as total from mine
    )
    select counted.total, page.* from counted left join lateral (
      select key, sku, email, locale from mine order by number ${page(wish)}
    ) page on true`.execute(db);
  return { items: rows.filter(({ key }) => key !== null), total: rows[0]?.total ?? 0 };
}

/** Whose subscriptions: a customer's, and those with their address from before they logged in. */
interface Subscriber {
  id: string;
  email: string;
}

export const exportSubscriptions = (db: Db, { id, email }: Subscriber) =>
  db
    .selectFrom('availabilitySubscription')
    .select([...shown, 'store', 'createdAt'])
    .where((where) => where.or([where('customerId', '=', id), where('emailKey', '=', emailKey(email))]))
    .execute();

export async function deleteSubscriptionsOf(db: Db, { id, email }: Subscriber): Promise<void> {
  await db
    .deleteFrom('availabilitySubscription')
    .where((where) => where.or([where('customerId', '=', id), where('emailKey', '=', emailKey(email))]))
    .execute();
}
