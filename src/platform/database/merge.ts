import { type RawBuilder, sql } from 'kysely';

/** Rows on their way into a table, and what makes two of them the same. */
export interface Merge {
  table: string;
  /** Columns of a unique index. */
  key: readonly string[];
  /** Columns that are written. */
  columns: readonly string[];
  /** Those of them that a row which is there already takes over; the others stay as they are. */
  updatable: readonly string[];
  /** Columns that say when, set where anything changes and never compared. */
  touch?: readonly string[];
  /** A select of `columns`, in their order. */
  rows: RawBuilder<unknown>;
}

const list = (columns: readonly string[], prefix = '') =>
  sql.join(columns.map((column) => sql.ref(`${prefix}${column}`)));

/**
 * Inserts rows and updates those that are there already, but only where something differs: merging twice changes
 * nothing. Returns what was written, `created` telling which of both: a row that no transaction has locked is new.
 */
export function mergeRows(
  { table, key, columns, updatable, touch = [], rows }: Merge,
  returning: RawBuilder<unknown> = sql``,
) {
  const conflict =
    updatable.length === 0
      ? sql`do nothing`
      : sql`do update set ${sql.join([...updatable, ...touch].map((column) => sql`${sql.id(column)} = ${sql.ref(`excluded.${column}`)}`))}
          where (${list(updatable, `${table}.`)}) is distinct from (${list(updatable, 'excluded.')})`;
  return sql`insert into ${sql.id(table)} (${sql.join(columns.map((column) => sql.id(column)))})
    ${rows} on conflict (${list(key)}) ${conflict} returning xmax = 0 as created ${returning}`;
}
