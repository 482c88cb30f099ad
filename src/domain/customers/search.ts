import { sql } from 'kysely';
import { UNNAMED } from '../../platform/database/named-statements.ts';
import type { Db } from '../../platform/database/open.ts';
import { page } from '../../platform/database/page.ts';
import { emailSearch } from '../../platform/mail/address.ts';

/** What an agent sees of a customer in a list. */
export interface FoundCustomer {
  reference: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
}

/** Hits are looked for so far past the page that is shown: counting a million takes longer than all else together. */
const AHEAD = 2000;

/**
 * Customers whose address, first or last name begins with a text, in any letter case, or whose reference is the text,
 * also in small or in capital letters; all of them without one. In order of creation. An offset past the end means the
 * last page.
 *
 * `total` is exact up to two thousand beyond the page, and that much where there are more.
 *
 * Few hits are gathered from the indexes and sorted. Where there are many, the first ones are soon met by going through
 * the customers in order, and gathering them all would take long.
 */
export async function findCustomers(
  db: Db,
  text: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ items: FoundCustomer[]; total: number }> {
  const prefix = sql`lower(${beginning(text)})`;
  const ahead = sql.lit(offset + AHEAD);
  const begins = [emailBegins(text), sql`lower(first_name) like ${prefix}`, sql`lower(last_name) like ${prefix}`];
  const hits = [...begins, sql`reference in (${text}, upper(${text}), lower(${text}))`];
  const found = hits.map(
    (hit) => sql`(select number from customer where anonymized_at is null and ${hit} limit ${ahead})`,
  );
  const { rows } = await sql<FoundCustomer & { total: number }>`${sql.raw(UNNAMED)}
    with found as materialized (${sql.join(found, sql` union `)}),
    counted as (select least(count(*), ${ahead})::int as total, count(*) >= ${ahead} as many from found),
    shown as (
      select few.number from counted cross join lateral (
        select number from found where not counted.many order by number ${page({ offset, limit })}
      ) few
      union all
      select first.number from counted cross join lateral (
        select number from customer where counted.many and anonymized_at is null and (${sql.join(hits, sql` or `)})
        order by number limit ${limit}::int offset ${offset}::int
      ) first
    )
    select counted.total, c.reference, c.email, c.first_name, c.last_name
    from counted left join (shown join customer c on c.number = shown.number) on true order by c.number`.execute(db);
  return { items: rows.filter(({ reference }) => reference !== null), total: rows[0]?.total ?? 0 };
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
