import { sql } from 'kysely';
import { z } from 'zod';
import { UNNAMED } from '../../platform/database/named-statements.ts';
import type { Db } from '../../platform/database/open.ts';
import { page } from '../../platform/database/page.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { job } from '../../platform/jobs/job.ts';
import { emailSearch } from '../../platform/mail/address.ts';
import { sumTally } from './queries.ts';

/** What an agent sees of a customer in a list. */
export interface FoundCustomer {
  reference: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
}

interface Wish {
  offset: number;
  limit: number;
}

/** A row of a page; a page without rows has one that has nothing but the total. */
type Row = { [Member in keyof FoundCustomer]: FoundCustomer[Member] | null } & { total: number };

/** Hits are looked for so far past the page that is shown: counting a million takes longer than all else together. */
const AHEAD = 2000;

/**
 * Customers whose address, first or last name begins with a text, or both names together in either order, in any letter
 * case, or whose reference is the text, also in small or in capital letters; all of them without one. In order of
 * creation. An offset past the end means the last page.
 *
 * `total` is exact up to two thousand beyond the page, and that much where there are more; without a text it is exact.
 */
export async function findCustomers(
  db: Db,
  text: string,
  wish: Wish,
): Promise<{ items: FoundCustomer[]; total: number }> {
  const rows = text === '' ? await allCustomers.all(db, wish.offset, wish.limit) : await hits(db, text, wish);
  return {
    items: rows.filter((row): row is typeof row & FoundCustomer => row.reference !== null),
    total: rows[0]?.total ?? 0,
  };
}

/**
 * A page of all customers. The sums of `customer_tally` say in which block of numbers it begins, so that a page far behind
 * takes no longer than the first; see docs/decisions/0039-what-a-request-costs.md.
 */
const allCustomers = prepared(
  (_, offset: number, limit: number) => sql<Row>`
    with blocks as (select block, sum(living) as living from customer_tally group by block),
    counted as (select coalesce(sum(living), 0)::int as total from blocks),
    wanted as (
      select total, case when ${offset}::bigint < total then ${offset}::bigint
        else greatest((total - 1) / ${limit}::bigint, 0) * ${limit}::bigint end as skipped
      from counted
    ),
    begun as (
      select block, skipped - before as skipped
      from wanted, (select block, sum(living) over (order by block) - living as before from blocks) b
      where before <= skipped order by block desc limit 1
    )
    select total, reference, email, first_name, last_name
    from counted left join (begun cross join lateral (
      select number, reference, email, first_name, last_name from customer
      where anonymized_at is null and number >= begun.block * 4096
      order by number limit ${limit}::bigint offset begun.skipped
    ) shown) on true order by number`,
);

/** Every change adds rows to `customer_tally`, which a list of all customers sums up: they are made few again. */
export const sweepTally = job({
  name: 'customers.sweep-tally',
  payload: z.object({}),
  schedule: '*/5 * * * *',
  run: (app) => sumTally(app.db),
});

/**
 * Few hits are gathered from the indexes and sorted. Where there are many, the first ones are soon met by going through
 * the customers in order, and gathering them all would take long.
 */
async function hits(db: Db, text: string, { offset, limit }: Wish): Promise<Row[]> {
  const prefix = sql`lower(${beginning(text)})`;
  const ahead = sql.lit(offset + AHEAD);
  // A name alone is the beginning of both names together.
  const begins = [
    emailBegins(text),
    sql`lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) like ${prefix}`,
    sql`lower(coalesce(last_name, '') || ' ' || coalesce(first_name, '')) like ${prefix}`,
  ];
  const all = [...begins, sql`reference in (${text}, upper(${text}), lower(${text}))`];
  const found = all.map(
    (hit) => sql`(select number from customer where anonymized_at is null and ${hit} limit ${ahead})`,
  );
  const { rows } = await sql<Row>`${sql.raw(UNNAMED)}
    with found as materialized (${sql.join(found, sql` union `)}),
    counted as (select least(count(*), ${ahead})::int as total, count(*) >= ${ahead} as many from found),
    shown as (
      select few.number from counted cross join lateral (
        select number from found where not counted.many order by number ${page({ offset, limit })}
      ) few
      union all
      select first.number from counted cross join lateral (
        select number from customer where counted.many and anonymized_at is null and (${sql.join(all, sql` or `)})
        order by number limit ${limit}::int offset ${offset}::int
      ) first
    )
    select counted.total, c.reference, c.email, c.first_name, c.last_name
    from counted left join (shown join customer c on c.number = shown.number) on true order by c.number`.execute(db);
  return rows;
}

const beginning = (text: string): string => `${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** Keys have international domains in Punycode, of which a part in letters is no beginning: the local part narrows then. */
function emailBegins(typed: string) {
  const { spelling, text } = emailSearch(typed);
  if (spelling === 'key') return sql`email_key like ${beginning(text)}`;
  const local = text.slice(0, text.lastIndexOf('@') + 1);
  if (!local) return sql`false`;
  return sql`(email_key like ${beginning(local)} and lower(email collate "C") like ${beginning(text)})`;
}
