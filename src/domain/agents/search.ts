import { sql } from 'kysely';
import { UNNAMED } from '../../platform/database/named-statements.ts';
import type { Db } from '../../platform/database/open.ts';
import { page } from '../../platform/database/page.ts';

/** What an agent sees of a customer in a list. */
export interface FoundCustomer {
  reference: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
}

/** Hits are counted so far past the page that is shown: counting a million would take as long as all else together. */
const COUNTED_AHEAD = 10_000;

/**
 * Customers whose address, first or last name begins with a text, in any letter case, or whose reference is the text; all
 * of them without one. In order of creation. An offset past the end means the last page.
 *
 * `total` is exact up to ten thousand beyond the page, and that much where there are more.
 */
export async function findCustomers(
  db: Db,
  text: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ items: FoundCustomer[]; total: number }> {
  const prefix = `${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const hits =
    text === ''
      ? sql`anonymized_at is null`
      : sql`anonymized_at is null and (email_key like lower(${prefix}) or lower(first_name) like lower(${prefix})
          or lower(last_name) like lower(${prefix}) or reference = ${text})`;
  const { rows } = await sql<FoundCustomer & { total: number }>`${sql.raw(UNNAMED)}
    with counted as (
      select count(*)::int as total from (select 1 from customer where ${hits} limit ${sql.lit(offset + COUNTED_AHEAD)}) hit
    )
    select counted.total, page.* from counted left join lateral (
      select reference, email, first_name, last_name from customer where ${hits} order by number ${page({ offset, limit })}
    ) page on true`.execute(db);
  return { items: rows.filter(({ reference }) => reference !== null), total: rows[0]?.total ?? 0 };
}
