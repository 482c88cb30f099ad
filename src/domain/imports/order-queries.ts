import { sql } from 'kysely';
import { holdOrders, holdOwners, itemColumns, orderColumns, refreshItemStates, totalColumns } from '../orders/index.ts';
import { importedCustomer, REGISTERED_HERE } from './customer-queries.ts';
import type { StagedChunk } from './table-importer.ts';
import { idTaken, type Merged, mergeStaged, names } from './table-queries.ts';

/** Columns of an order's address, and what the order keeps them as. */
export const addressParts = [
  ['salutation', 'salutation'],
  ['first_name', 'firstName'],
  ['last_name', 'lastName'],
  ['company', 'company'],
  ['address1', 'address1'],
  ['address2', 'address2'],
  ['address3', 'address3'],
  ['zip_code', 'zipCode'],
  ['city', 'city'],
  ['country_iso2_code', 'iso2Code'],
  ['phone', 'phone'],
] as const;

/** What is 0 where a file does not say. */
const amounts = new Set<string>([...totalColumns, 'tax_rate', 'tax_amount']);

/** Columns of the file one of which has to be there for a column of the table to change. */
const fromFile = (name: string): string | readonly string[] => {
  if (name === 'business_unit_id') return 'business_unit_key';
  if (name === 'customer_id') return ['customer_reference', 'email'];
  const kind = /^(billing|shipping)_address$/.exec(name)?.[1];
  return kind ? addressParts.map(([part]) => `${kind}_${part}`) : name;
};

const updates = (columns: readonly string[]) => Object.fromEntries(columns.map((name) => [name, fromFile(name)]));

/** An address of which a file tells only a part keeps the rest. */
const merged = (name: string) =>
  `case when s.${name} is null then null else coalesce(o.${name}, '{}') || s.${name} end`;

/** Feeds and files of the same orders take turns. */
async function holdStaged({ db, staging }: StagedChunk): Promise<void> {
  const { rows } = await sql<{ reference: string }>`
    select distinct order_reference as reference from ${sql.id(staging)}`.execute(db);
  await holdOrders(
    db,
    rows.map(({ reference }) => reference),
  );
}

/**
 * Notes whose orders they are: of the customers whom an import brought under the reference, or who have it here and the
 * order's address too, which they have proven. An order that is here already stays with its customer.
 */
async function findOwners({ db, staging, rules }: StagedChunk): Promise<void> {
  const isTheirs = rules.localReferences ? 'true' : 'email_key = s.email_key and verified_at > created_at';
  await sql`update ${sql.id(staging)} s set customer_id = coalesce(
    ${importedCustomer('s.customer_reference')},
    (select id from customer where reference = s.customer_reference and ${sql.raw(isTheirs)}),
    (select o.customer_id from sales_order o where o.reference = s.order_reference and o.customer_reference is not distinct from s.customer_reference)
  )`.execute(db);
}

/** Merges orders by their reference; their items come in a file of their own. */
export async function mergeOrders(chunk: StagedChunk): Promise<Merged> {
  await holdStaged(chunk);
  await holdOwners(chunk.db, 'shared');
  await findOwners(chunk);
  const special: Record<string, string> = {
    price_mode: "coalesce(s.price_mode, 'GROSS_MODE')",
    business_unit_id: 'unit.id',
    details: "coalesce(s.details, '{}')",
    billing_address: merged('billing_address'),
    shipping_address: merged('shipping_address'),
    created_at: `coalesce(s.created_at, o.created_at, ${chunk.moment})`,
    updated_at: `coalesce(s.updated_at, o.updated_at, s.created_at, ${chunk.moment})`,
  };
  const value = (name: string) => special[name] ?? (amounts.has(name) ? `coalesce(s."${name}", 0)` : `s."${name}"`);
  return mergeStaged(chunk, {
    table: 'sales_order',
    key: ['reference'],
    joins: `left join company_business_unit unit on unit.key = s.business_unit_key
      left join sales_order o on o.reference = s.order_reference`,
    values: {
      id: 's.id',
      reference: 's.order_reference',
      ...Object.fromEntries(orderColumns.map((name) => [name, value(name)])),
    },
    updates: updates(orderColumns),
    refuse: [
      names('business_unit_key', 'unit', 'business unit'),
      {
        column: 'customer_reference',
        problem: REGISTERED_HERE,
        when: 's.customer_id is null and exists (select 1 from customer here where here.reference = s.customer_reference)',
      },
      idTaken('sales_order', 'reference', 'order_reference'),
    ],
  });
}

/** Merges items by order and key, and notes the states of their orders. */
export async function mergeOrderItems(chunk: StagedChunk): Promise<Merged> {
  await holdStaged(chunk);
  const special: Record<string, string> = {
    sum_price: 'coalesce(s.sum_price, s.unit_price::bigint * s.quantity)',
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
    updates: { ...updates(itemColumns), sum_price: ['sum_price', 'unit_price'] },
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
