import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { PageOf } from './exporter.ts';

/** UTC, to the microsecond, as an import reads it. */
const moment = (column: string) =>
  sql<string | null>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Customers in the order of their ids, without those who were anonymized. */
export async function customerPage(db: Db, { after, limit, store }: PageOf) {
  const rows = await db
    .selectFrom('customer')
    .select([
      'reference as customerReference',
      'email',
      'locale as localeName',
      'phone',
      'salutation',
      'firstName',
      'lastName',
      'company',
      'gender',
      'dateOfBirth',
      moment('verified_at').as('registered'),
      'id as uuid',
      'store',
      'newsletter',
      moment('created_at').as('createdAt'),
      moment('locked_at').as('locked'),
      'passwordHash as password',
    ])
    .where('anonymizedAt', 'is', null)
    .$if(after !== undefined, (query) => query.where('id', '>', after?.[0] ?? ''))
    .$if(store !== undefined, (query) => query.where('store', '=', store ?? ''))
    .orderBy('id')
    .limit(limit)
    .execute();
  return { rows, last: lastOf(rows, ({ uuid }) => [uuid]) };
}

/** Addresses in the order of their customers' ids, the defaults of each among them. */
export async function addressPage(db: Db, { after, limit, store }: PageOf) {
  const rows = await db
    .selectFrom('customerAddress as a')
    .innerJoin('customer as c', 'c.id', 'a.customerId')
    .select([
      'c.reference as customerReference',
      'a.salutation',
      'a.firstName',
      'a.lastName',
      'a.company',
      'a.address1',
      'a.address2',
      'a.address3',
      'a.zipCode',
      'a.city',
      'a.region',
      'a.country as countryIso2Code',
      'a.phone',
      'a.comment',
      'a.isDefaultShipping',
      'a.isDefaultBilling',
      'a.id as uuid',
      'a.customerId as owner',
    ])
    .where('c.anonymizedAt', 'is', null)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(a.customer_id, a.id) > (${after?.[0]}::uuid, ${after?.[1]}::uuid)`),
    )
    .$if(store !== undefined, (query) => query.where('c.store', '=', store ?? ''))
    .orderBy('a.customerId')
    .orderBy('a.id')
    .limit(limit)
    .execute();
  return { rows, last: lastOf(rows, ({ owner, uuid }) => [owner, uuid]) };
}

function lastOf<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly string[]): readonly string[] | undefined {
  const last = rows.at(-1);
  return last && keyOf(last);
}

/** How many rows an export will have, for its progress. */
export async function countRows(db: Db, table: 'customer' | 'customerAddress'): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
