import type { App } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';

/** What is wrong with one row: the column by its name in the file, and the problem in words. */
export interface RowProblem {
  column: string;
  problem: string;
}

/** The cell of a row by the name of its column; empty where the file has no such column. */
export type Row = (column: string) => string;

export interface MergeCounts {
  created: number;
  updated: number;
}

export interface MergeRejection extends RowProblem {
  line: number;
}

export interface ColumnSpec {
  name: string;
  /** Without it the file is refused. */
  required?: boolean;
  help: string;
}

/** What the framework needs to know of an entity: columns, what a row means, how rows get into their table. */
export interface Importer {
  readonly entity: string;
  readonly summary: string;
  readonly columns: readonly ColumnSpec[];
  /** A load of one file, over many chunks. */
  begin(app: App, runId: string, present: ReadonlySet<string>): Load;
}

/** A row as staging wants it. A password in plain text is hashed by the framework and put into `passwordAt`. */
export interface Staged {
  values: (string | null)[];
  password?: string;
}

/** A value that may stand once in a chunk: its place among the staged ones, and its column in the file. */
export interface Unique {
  at: number;
  column: string;
}

export interface Load {
  /** The temporary table that chunks are copied into; its first column is `line`, the others are the staged values. */
  readonly staging: { table: string; definition: string; columns: readonly string[] };
  readonly unique: readonly Unique[];
  /** Which of them says who a row is for. */
  readonly key: number;
  /** Place of the password's hash among the staged values, and the hashes that are stored, by key. */
  readonly passwords?: { at: number; stored(db: Db, keys: readonly string[]): Promise<Map<string, string>> };
  /** The row as staging wants it, or what is wrong with it. */
  stage(row: Row): Staged | RowProblem[];
  /** Moves the staged rows into their table, in the transaction of `db`. */
  merge(db: Db): Promise<MergeCounts & { rejected: MergeRejection[] }>;
}

/** `true` and `false` as people write them; undefined for anything else. Empty is false. */
export function flagOf(text: string): boolean | undefined {
  if (/^(1|true|yes|y|on|ja)$/i.test(text)) return true;
  if (/^(|0|false|no|n|off|nein)$/i.test(text)) return false;
  return undefined;
}
