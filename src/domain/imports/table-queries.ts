import { sql } from 'kysely';
import { mergeRows } from '../../platform/database/merge.ts';
import { importedCustomer, REGISTERED_HERE } from './customer-queries.ts';
import type { MergeCounts, MergeRejection } from './importer.ts';
import type { StagedChunk } from './table-importer.ts';

/** A row that is refused: the column that is wrong, the problem in words, and when, over `s` and what is joined. */
export interface Refusal {
  column: string;
  problem: string;
  when: string;
}

/** How staged rows become rows of a table. Texts are SQL of ours; `s` is the staged row. */
export interface Target {
  table: string;
  /** Columns of the unique index by which a row is known. */
  key: readonly string[];
  /** `left join` what a row names. */
  joins?: string;
  /** Columns of the table and what they become. */
  values: Readonly<Record<string, string>>;
  /** Columns that change when a row comes again, with the columns of the file one of which has to be there for it. */
  updates?: Readonly<Record<string, string | readonly string[]>>;
  /** Columns that say when, and are set where anything else changes. */
  touch?: readonly string[];
  refuse?: readonly Refusal[];
  /** What has to happen to the table before, once only good rows are left in staging. */
  before?(): Promise<void>;
}

export type Merged = MergeCounts & { rejected: MergeRejection[] };

/** A thing that a row names by its key and that has to be there. */
export const names = (column: string, joined: string, what: string): Refusal => ({
  column,
  problem: `names no ${what}`,
  when: `s."${column}" is not null and ${joined}.id is null`,
});

/** Somebody else has the identifier a row brings along. */
export const idTaken = (table: string, key: string, staged: string): Refusal => ({
  column: 'uuid',
  problem: 'is the identifier of another row',
  when: `exists (select 1 from ${table} other where other.id = s.id and other.${key} is distinct from s."${staged}")`,
});

/**
 * Merges a chunk by the key of its table. Rows that are refused leave staging first, so that nothing they say counts.
 * Merging the same again changes nothing.
 */
export async function mergeStaged(chunk: StagedChunk, target: Target): Promise<Merged> {
  const { table, key, values, joins = '', updates = {}, touch = [], refuse = [] } = target;
  const sameId = chunk.present.has('uuid') ? [idTwice(chunk.staging)] : [];
  const rejected = await takeOut(chunk, joins, [...refuse, ...sameId]);
  await keepLast(chunk);
  await target.before?.();
  const columns = Object.keys(values);
  const updatable = Object.entries(updates)
    .filter(([, needed]) => [needed].flat().some((column) => chunk.present.has(column)))
    .map(([name]) => name);
  const wanted = Object.values(values).map((expression) => sql.raw(expression));
  const rows = sql`select ${sql.join(wanted)} from ${sql.id(chunk.staging)} s ${sql.raw(joins)} order by s.line`;
  const merged = mergeRows({ table, key, columns, updatable, touch, rows });
  const { rows: counts } = await sql<MergeCounts>`
    with written as (${merged})
    select count(*) filter (where created) as created, count(*) filter (where not created) as updated from written`.execute(
    chunk.db,
  );
  return { ...(counts[0] ?? { created: 0, updated: 0 }), rejected };
}

/**
 * Notes which customers the rows of a chunk name: those whom an import brought under the reference. Others have it only
 * here, and may be other persons, unless the rules say that the file means references of here.
 */
export async function findCustomers({ db, staging, rules }: StagedChunk): Promise<void> {
  const living = 'and anonymized_at is null';
  const local = rules.localReferences
    ? sql`, (select id from customer where reference = s.customer_reference and anonymized_at is null)`
    : sql``;
  await sql`update ${sql.id(staging)} s set customer_id = coalesce(${importedCustomer('s.customer_reference', living)}${local})`.execute(
    db,
  );
}

/** What is wrong with a row whose customer was not found. */
export const customerMissing: readonly Refusal[] = [
  {
    column: 'customer_reference',
    problem: REGISTERED_HERE,
    when: `s.customer_id is null and ${isHere('s.customer_reference')}`,
  },
  {
    column: 'customer_reference',
    problem: 'names no customer',
    when: `s.customer_id is null and not ${isHere('s.customer_reference')}`,
  },
];

function isHere(reference: string): string {
  return `exists (select 1 from customer here where here.reference = ${reference} and here.anonymized_at is null)`;
}

/** Finds the customers of a chunk and locks them until it is in, so that none is erased and no default changes meanwhile. */
export async function holdCustomers(chunk: StagedChunk): Promise<void> {
  await findCustomers(chunk);
  await sql`select from customer where id in (select customer_id from ${sql.id(chunk.staging)})
    order by id for update`.execute(chunk.db);
}

const idTwice = (staging: string): Refusal => ({
  column: 'uuid',
  problem: 'is the same as on a line before',
  when: `exists (select 1 from ${staging} before where before.id = s.id and before.row_key <> s.row_key and before.line < s.line)`,
});

/** Of rows for the same thing that are in order the last one counts. */
export async function keepLast({ db, staging }: StagedChunk): Promise<void> {
  await sql`delete from ${sql.id(staging)} s using ${sql.id(staging)} later
    where later.row_key = s.row_key and later.line > s.line`.execute(db);
}

/** Takes rows that are refused out of staging, and says why. A row may be wrong in several ways. */
export async function takeOut(
  { db, staging }: Pick<StagedChunk, 'db' | 'staging'>,
  joins: string,
  refuse: readonly Refusal[],
): Promise<MergeRejection[]> {
  if (refuse.length === 0) return [];
  const verdicts = refuse.map(
    ({ column, problem, when }) => sql`(${sql.raw(when)}, ${sql.lit(column)}, ${sql.lit(problem)})`,
  );
  const { rows } = await sql<MergeRejection>`
    with refused as materialized (
      select s.line, verdict."column", verdict.problem from ${sql.id(staging)} s ${sql.raw(joins)}
      cross join lateral (values ${sql.join(verdicts)}) as verdict (wrong, "column", problem)
      where verdict.wrong
    ), gone as (
      delete from ${sql.id(staging)} s using refused where s.line = refused.line
    )
    select line, "column", problem from refused order by line`.execute(db);
  return rows;
}
