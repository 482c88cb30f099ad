import { sql } from 'kysely';
import type { StagedChunk } from './table-importer.ts';
import { customerMissing, holdCustomers, type Merged, mergeStaged } from './table-queries.ts';

const details = {
  salutation: 'salutation',
  first_name: 'first_name',
  last_name: 'last_name',
  company: 'company',
  address1: 'address1',
  address2: 'address2',
  address3: 'address3',
  zip_code: 'zip_code',
  city: 'city',
  region: 'region',
  country: 'country_iso2_code',
  phone: 'phone',
  comment: 'comment',
} as const;

/** Merges addresses by customer and identifier, then sees to the defaults as the addresses' own rule wants them. */
export async function mergeAddresses(chunk: StagedChunk): Promise<Merged> {
  await holdCustomers(chunk);
  const merged = await mergeStaged(chunk, {
    table: 'customer_address',
    key: ['customer_id', 'id'],
    values: {
      customer_id: 's.customer_id',
      id: 's.id',
      ...Object.fromEntries(Object.entries(details).map(([column, name]) => [column, `s."${name}"`])),
      created_at: chunk.moment,
      updated_at: chunk.moment,
    },
    updates: details,
    touch: ['updated_at'],
    refuse: customerMissing,
  });
  let moved = 0;
  for (const column of ['is_default_billing', 'is_default_shipping']) moved += await giveDefaults(chunk, column);
  await noteEdits(chunk);
  return { ...merged, updated: merged.updated + moved };
}

/**
 * The last row of a customer that wants to be the default becomes it, and takes it from whoever was; where nobody wants
 * to and nobody is, the oldest address becomes it. Returns how many addresses changed by this alone.
 */
async function giveDefaults({ db, staging, moment }: StagedChunk, column: string): Promise<number> {
  const flag = sql.id(column);
  const now = sql.raw(moment);
  const wanting = sql`(
    select distinct on (s.customer_id) s.customer_id, s.id from ${sql.id(staging)} s
    join customer_address a on a.customer_id = s.customer_id and a.id = s.id
    where s.${flag} order by s.customer_id, s.line desc
  ) as wanting`;
  await sql`update customer_address a set ${flag} = false from ${wanting}
    where a.customer_id = wanting.customer_id and a.${flag} and a.id <> wanting.id`.execute(db);
  const wished = await sql<{ counted: boolean }>`
    update customer_address a set ${flag} = true, updated_at = ${now} from ${wanting}, customer_address before
    where a.customer_id = wanting.customer_id and a.id = wanting.id and not a.${flag}
      and before.customer_id = a.customer_id and before.id = a.id
    returning before.updated_at = ${now} as counted`.execute(db);
  await sql`update customer_address a set ${flag} = true from (
      select distinct on (o.customer_id) o.customer_id, o.id from customer_address o
      where o.customer_id in (select s.customer_id from ${sql.id(staging)} s)
        and not exists (select 1 from customer_address d where d.customer_id = o.customer_id and d.${flag})
      order by o.customer_id, o.number
    ) oldest
    where a.customer_id = oldest.customer_id and a.id = oldest.id`.execute(db);
  return wished.rows.filter(({ counted }) => !counted).length;
}

/** Addresses that were there before and are not what they were have an audit entry each. */
async function noteEdits({ db, staging, moment, runId, origin }: StagedChunk): Promise<void> {
  const now = sql.raw(moment);
  await sql`
    insert into audit_entry (id, at, action, customer_id, actor, door, facts)
    select gen_random_uuid(), ${now}, 'addresses.edited', a.customer_id, ${origin.actor}, ${origin.door},
      jsonb_build_object('address', a.id, 'import', ${runId}::text)
    from ${sql.id(staging)} s join customer_address a on a.customer_id = s.customer_id and a.id = s.id
    where a.updated_at = ${now} and a.created_at < ${now}`.execute(db);
}
