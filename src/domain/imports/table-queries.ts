import { type RawBuilder, sql } from 'kysely';
import { mergeRows } from '../../platform/database/merge.ts';
import type { Db } from '../../platform/database/open.ts';
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
  /** Columns that change when a row comes again, with the column of the file that has to be there for it. */
  updates?: Readonly<Record<string, string>>;
  refuse?: readonly Refusal[];
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

/** Merges a chunk by the key of its table; what is refused is left out. Merging the same again changes nothing. */
export async function mergeStaged(chunk: StagedChunk, target: Target): Promise<Merged> {
  const { table, key, values, updates = {} } = target;
  const columns = Object.keys(values);
  const updatable = Object.entries(updates)
    .filter(([, column]) => chunk.present.has(column))
    .map(([name]) => name);
  const rows = sql`select ${sql.join(columns.map((name) => sql.id(name)))} from good order by line`;
  return writeStaged(chunk.db, chunk.staging, target, mergeRows({ table, key, columns, updatable, rows }));
}

/** The same with a statement of one's own, which reads `good` and returns `created` for each row that it wrote. */
export async function writeStaged(
  db: Db,
  staging: string,
  { joins = '', values, refuse = [] }: Pick<Target, 'joins' | 'values' | 'refuse'>,
  write: RawBuilder<unknown>,
): Promise<Merged> {
  const wanted = Object.entries(values).map(([name, expression]) => sql`${sql.raw(expression)} as ${sql.id(name)}`);
  const verdicts = refuse.map(({ when }, at) => sql`coalesce(${sql.raw(when)}, false) as ${sql.id(`refused_${at}`)}`);
  const isRefused = refuse.map((_, at) => sql.id(`refused_${at}`));
  const rejections = refuse.map(
    ({ column, problem }, at) =>
      sql`select line, ${sql.lit(column)} as "column", ${sql.lit(problem)} as problem from known where ${sql.id(`refused_${at}`)}`,
  );
  const { rows } = await sql<MergeCounts & { rejected: MergeRejection[] | null }>`
    with known as materialized (
      select s.line, ${sql.join([...wanted, ...verdicts])} from ${sql.id(staging)} s ${sql.raw(joins)}
    ), good as (
      select * from known ${isRefused.length > 0 ? sql`where not (${sql.join(isRefused, sql` or `)})` : sql``}
    ), written as (
      ${write}
    ), rejected as (
      ${rejections.length > 0 ? sql.join(rejections, sql` union all `) : sql`select null::bigint as line, '' as "column", '' as problem where false`}
    )
    select count(*) filter (where created) as created, count(*) filter (where not created) as updated,
      (select jsonb_agg(jsonb_build_object('line', line, 'column', "column", 'problem', problem) order by line) from rejected) as rejected
    from written`.execute(db);
  const [{ created, updated, rejected } = { created: 0, updated: 0, rejected: null }] = rows;
  return { created, updated, rejected: rejected ?? [] };
}
