import { sql } from 'kysely';
import { columns } from '../../platform/database/json.ts';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { audited, beforeAndAfter, type Changes, type EntryJson } from '../audit/index.ts';
import { mayBeChanged } from '../customers/index.ts';
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

const shownOf = (table: string) => sql.join(shown.map((name) => sql.ref(`${table}.${name}`)));

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

const byId = prepared((db, customerId: string, id: string) =>
  db.selectFrom('customerAddress').select(shown).where('customerId', '=', customerId).where('id', '=', id),
);

/** Undefined when the customer has no such address, whoever else has. */
export const addressById = (db: Db, customerId: string, id: string): Promise<Address | undefined> =>
  byId(db, customerId, id);

/** Who asks for a change, when, and what the audit log says of it. */
export interface Change {
  customerId: string;
  issuedAt: Date | null;
  now: Date;
  entry: EntryJson;
}

/** What an address is wished to become the default for. */
export interface Wishes {
  billing: boolean;
  shipping: boolean;
}

const details = sql.raw(
  'salutation, first_name, last_name, company, address1, address2, address3, zip_code, city, region, country, phone, comment',
);

/** The customer, held to the end of the statement. */
const owner = (customerId: string, issuedAt: Date | null) =>
  sql`owner as (select id from customer where id = ${customerId}::uuid and ${mayBeChanged(issuedAt)} for update)`;

/** Takes a default from the address that has it. Count its rows in the change: then it comes before. */
const cleared = (id: string, billing: boolean, shipping: boolean) => sql`cleared as (
  update customer_address a
  set is_default_billing = is_default_billing and not ${billing}::boolean,
    is_default_shipping = is_default_shipping and not ${shipping}::boolean
  from owner
  where a.customer_id = owner.id and a.id <> ${id}::uuid
    and ((is_default_billing and ${billing}::boolean) or (is_default_shipping and ${shipping}::boolean))
  returning 1
)`;

/** `{"defaultFor": ["billing"]}`, where an address became one. */
const claimed = sql`jsonb_strip_nulls(jsonb_build_object('defaultFor', nullif(to_jsonb(array_remove(
  array[case when claimed_billing then 'billing' end, case when claimed_shipping then 'shipping' end], null)), '[]')))`;

const insert = prepared(
  (
    _db: Db,
    customerId: string,
    issuedAt: Date | null,
    id: string,
    address: string,
    billing: boolean,
    shipping: boolean,
    most: number,
    now: Date,
    entry: string,
    changes: string,
  ) =>
    audited<ChangedRow>(
      sql`${owner(customerId, issuedAt)},
      kept as (
        select count(*) as count, coalesce(bool_or(is_default_billing), false) as billing,
          coalesce(bool_or(is_default_shipping), false) as shipping
        from customer_address where customer_id = ${customerId}::uuid
      ),
      ${cleared(id, billing, shipping)},
      changed as (
        insert into customer_address (customer_id, id, ${details}, is_default_billing, is_default_shipping, created_at, updated_at)
        select owner.id, ${id}::uuid, ${details}, ${billing}::boolean or not kept.billing, ${shipping}::boolean or not kept.shipping,
          ${now}::timestamptz, ${now}::timestamptz
        from owner, kept, (select count(*) from cleared) as cleared,
          (select ${details} from jsonb_populate_record(null::customer_address, ${address}::jsonb)) as given
        where kept.count < ${most}::int
        returning ${shownOf('customer_address')}, is_default_billing as claimed_billing, is_default_shipping as claimed_shipping
      )`,
      { entry, changes },
      { facts: claimed },
    ),
);

/**
 * Adds an address, which becomes the default for what is wished and for what no other is. Undefined where the customer has
 * `most` addresses, or may not be changed any more.
 *
 * @throws a unique violation where another address became a default at the same time
 */
export async function insertAddress(
  db: Db,
  address: AddressDetails & { id: string },
  wishes: Wishes & { most: number },
  { customerId, issuedAt, now, entry }: Change,
): Promise<Address | undefined> {
  const { billing, shipping, most } = wishes;
  const json = JSON.stringify(columns(address));
  return asAddress(
    await insert(db, customerId, issuedAt, address.id, json, billing, shipping, most, now, entry.entry, entry.changes),
  );
}

const update = prepared(
  (
    _db: Db,
    customerId: string,
    issuedAt: Date | null,
    id: string,
    before: string,
    patch: string,
    billing: boolean,
    shipping: boolean,
    now: Date,
    entry: string,
    changes: string,
  ) =>
    audited<ChangedRow>(
      sql`${owner(customerId, issuedAt)},
      kept as (
        select coalesce(bool_or(is_default_billing), false) as billing, coalesce(bool_or(is_default_shipping), false) as shipping,
          coalesce(bool_or(is_default_billing and id = ${id}::uuid), false) as had_billing,
          coalesce(bool_or(is_default_shipping and id = ${id}::uuid), false) as had_shipping
        from customer_address where customer_id = ${customerId}::uuid
      ),
      ${cleared(id, billing, shipping)},
      changed as (
        update customer_address a
        set (${details}) = (select ${details} from jsonb_populate_record(a, ${patch}::jsonb)),
          is_default_billing = is_default_billing or ${billing}::boolean or not kept.billing,
          is_default_shipping = is_default_shipping or ${shipping}::boolean or not kept.shipping,
          updated_at = case when ${patch}::jsonb = '{}' then updated_at else ${now}::timestamptz end
        from owner, kept, (select count(*) from cleared) as cleared
        where a.customer_id = owner.id and a.id = ${id}::uuid and to_jsonb(a) @> ${before}::jsonb
        returning ${shownOf('a')}, is_default_billing and not had_billing as claimed_billing,
          is_default_shipping and not had_shipping as claimed_shipping
      )`,
      { entry, changes },
      { facts: claimed, when: sql`claimed_billing or claimed_shipping or ${changes}::jsonb <> '{}'` },
    ),
);

/**
 * Changes an address, if each field still is what the change says it was before, and gives it the defaults that are wished or
 * that no address has. Undefined if it is not, and where the customer may not be changed any more.
 *
 * @throws a unique violation where another address became a default at the same time
 */
export async function updateAddress(
  db: Db,
  id: string,
  changes: Changes,
  { billing, shipping }: Wishes,
  { customerId, issuedAt, now, entry }: Change,
): Promise<Address | undefined> {
  const [before, patch] = beforeAndAfter(changes);
  return asAddress(
    await update(db, customerId, issuedAt, id, before, patch, billing, shipping, now, entry.entry, entry.changes),
  );
}

const remove = prepared((_db, customerId: string, issuedAt: Date | null, id: string, entry: string, changes: string) =>
  audited<{ id: string }>(
    sql`${owner(customerId, issuedAt)},
      changed as (
        delete from customer_address a using owner where a.customer_id = owner.id and a.id = ${id}::uuid returning a.id
      )`,
    { entry, changes },
  ),
);

/** Returns false if the customer has no such address, or may not be changed any more. */
export async function deleteAddress(db: Db, id: string, { customerId, issuedAt, entry }: Change): Promise<boolean> {
  return (await remove(db, customerId, issuedAt, id, entry.entry, entry.changes)) !== undefined;
}

type ChangedRow = Address & { claimedBilling: boolean; claimedShipping: boolean };

function asAddress(row: ChangedRow | undefined): Address | undefined {
  if (!row) return undefined;
  const { claimedBilling: _billing, claimedShipping: _shipping, ...address } = row;
  return address;
}

export async function deleteAddressesOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('customerAddress').where('customerId', '=', customerId).execute();
}
