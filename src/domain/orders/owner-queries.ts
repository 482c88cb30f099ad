import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

/** Advisory lock between those who store orders and an import of customers that looks for its orders. */
const OWNERS_LOCK = 4_713_001;

/** Lets orders not arrive while customers do: each would miss the other. Orders share the lock among themselves. */
export async function holdOwners(db: Db, how: 'shared' | 'exclusive'): Promise<void> {
  const lock = sql.raw(how === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await sql`select ${lock}(${OWNERS_LOCK}::bigint)`.execute(db);
}

/**
 * The customer an order names by reference: theirs, or the one they had before an import gave them another. If these are
 * two customers, the email address of the order decides. Both arguments are SQL of ours.
 */
export const ownerOf = (reference: string, emailKey: string): RawBuilder<unknown> =>
  sql.raw(`(
    select case when count(*) = 1 then (array_agg(c.id))[1] else (array_agg(c.id) filter (where c.email_key = ${emailKey}))[1] end
    from customer c where c.reference = ${reference} or c.import_reference = ${reference}
  )`);

/** An order `o` that comes again keeps its owner as long as it names the same reference. */
export const keptOwner = (owner: RawBuilder<unknown>, reference: string): RawBuilder<unknown> =>
  sql`coalesce(${owner}, case when o.customer_reference is not distinct from ${sql.raw(reference)} then o.customer_id end)`;

/**
 * Gives orders that came before their customers to them. `customerOf` is a subquery for the id of the customer whom an
 * import brought under a reference.
 */
export async function giveOrders(db: Db, customerOf: (reference: string) => RawBuilder<unknown>): Promise<void> {
  await sql`update sales_order o set customer_id = named.customer_id
    from (
      select w.id, ${customerOf('w.customer_reference')} as customer_id from sales_order w
      where w.customer_id is null and w.customer_reference is not null
    ) named
    where o.id = named.id and named.customer_id is not null`.execute(db);
}
