import { sql, type Updateable } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { DB } from '../../platform/database/tables.ts';
import type { Address, AddressDetails } from './address.ts';

const shown = [
  'id',
  'salutation',
  'firstName',
  'lastName',
  'company',
  'address1',
  'address2',
  'address3',
  'zipCode',
  'city',
  'region',
  'country',
  'phone',
  'comment',
  'isDefaultBilling',
  'isDefaultShipping',
] as const;

const ofCustomer = prepared((db, customerId: string) =>
  db.selectFrom('customerAddress').select(shown).where('customerId', '=', customerId).orderBy('number'),
);

/** In order of creation. */
export const addressesOf = (db: Db, customerId: string): Promise<Address[]> => ofCustomer.all(db, customerId);

/** The addresses of several customers, by customer. */
export async function addressesByCustomer(db: Db, customerIds: readonly string[]): Promise<Map<string, Address[]>> {
  const rows = await db
    .selectFrom('customerAddress')
    .select([...shown, 'customerId'])
    .where('customerId', 'in', customerIds)
    .orderBy('number')
    .execute();
  return Map.groupBy(rows, ({ customerId }) => customerId);
}

export async function countAddresses(db: Db, customerId: string): Promise<number> {
  const { count } = await db
    .selectFrom('customerAddress')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('customerId', '=', customerId)
    .executeTakeFirstOrThrow();
  return count;
}

const byId = prepared((db, customerId: string, id: string) =>
  db.selectFrom('customerAddress').select(shown).where('customerId', '=', customerId).where('id', '=', id),
);

/** Undefined when the customer has no such address, whoever else has. */
export const addressById = (db: Db, customerId: string, id: string): Promise<Address | undefined> =>
  byId(db, customerId, id);

export async function insertAddress(
  db: Db,
  address: AddressDetails & { id: string; customerId: string; createdAt: Date; updatedAt: Date },
): Promise<void> {
  await db.insertInto('customerAddress').values(address).execute();
}

export async function updateAddress(
  db: Db,
  customerId: string,
  id: string,
  changes: Updateable<DB['customerAddress']>,
): Promise<void> {
  await db
    .updateTable('customerAddress')
    .set(changes)
    .where('customerId', '=', customerId)
    .where('id', '=', id)
    .execute();
}

export async function deleteAddress(db: Db, customerId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('customerAddress')
    .where('customerId', '=', customerId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Makes an address the default where that is wished, and where the customer has none. Whoever calls holds the customer's
 * row, so that nobody else decides at the same time. Returns what it became the default for.
 */
export async function claimDefaults(
  db: Db,
  customerId: string,
  id: string,
  wishes: { billing: boolean; shipping: boolean },
): Promise<('billing' | 'shipping')[]> {
  const claimed: ('billing' | 'shipping')[] = [];
  for (const [kind, column] of [
    ['billing', 'is_default_billing'],
    ['shipping', 'is_default_shipping'],
  ] as const) {
    const flag = sql.ref(column);
    if (wishes[kind])
      await sql`update customer_address set ${flag} = false
        where customer_id = ${customerId} and ${flag} and id <> ${id}`.execute(db);
    const { rows } = await sql`update customer_address set ${flag} = true
      where customer_id = ${customerId} and id = ${id} and not ${flag}
        and not exists (select 1 from customer_address where customer_id = ${customerId} and ${flag})
      returning id`.execute(db);
    if (rows.length > 0) claimed.push(kind);
  }
  return claimed;
}

export async function deleteAddressesOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('customerAddress').where('customerId', '=', customerId).execute();
}
