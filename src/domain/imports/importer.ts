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

export interface Load {
  /** The temporary table that chunks are copied into. */
  readonly staging: { table: string; definition: string; columns: readonly string[] };
  /** The row as staging wants it, after the line; or what is wrong with it. Passwords in plain text are hashed here. */
  stage(row: Row): (string | null)[] | RowProblem[] | Promise<(string | null)[] | RowProblem[]>;
  /** Takes rows out of a chunk, by their lines, that cannot stand beside another row of it. */
  dedupe?(chunk: Map<number, (string | null)[]>): MergeRejection[];
  /** Moves the staged rows into their table, in the transaction of `db`. */
  merge(db: Db): Promise<MergeCounts & { rejected: MergeRejection[] }>;
}

/** Whether `stage` found problems rather than values. */
export const isProblems = (staged: (string | null)[] | RowProblem[]): staged is RowProblem[] => typeof staged[0] === 'object' && staged[0] !== null;

/** `true` and `false` as people write them; undefined for anything else. Empty is false. */
export function flagOf(text: string): boolean | undefined {
  if (/^(1|true|yes|y|on|ja)$/i.test(text)) return true;
  if (/^(|0|false|no|n|off|nein)$/i.test(text)) return false;
  return undefined;
}
