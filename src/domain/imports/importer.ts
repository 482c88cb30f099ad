import type { App } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';
import type { DatabaseSession } from '../../platform/database/session.ts';
import type { CsvFormat, CsvOptions } from '../../platform/import/csv-format.ts';
import type { RawRow } from '../../platform/import/read-rows.ts';
import type { Run } from './queries.ts';

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

/** What the person who imports allows, beside what is in the file. */
export interface ImportRules {
  /** Nothing is changed, and nothing hashed. */
  dryRun: boolean;
  /** The column `password` may have passwords in plain text. */
  plainPasswords: boolean;
  /**
   * A row whose reference another customer has here gets a new one; a row whose address a customer has registered and
   * confirmed here is theirs, under the reference they have.
   */
  newReferences: boolean;
  /** Rows name customers by the references they have here, not only by those that imports brought. */
  localReferences: boolean;
}

/** What the framework needs to know of an entity: columns, what a row means, how rows get into their table. */
export interface Importer {
  readonly entity: string;
  readonly summary: string;
  readonly columns: readonly ColumnSpec[];
  /** The column with references of customers; none that a file names is drawn for a new customer. */
  readonly references?: string;
  /** A load of one file, over many chunks. */
  begin(app: App, runId: string, present: ReadonlySet<string>, rules: ImportRules): Load;
}

/** A row as staging wants it. A password in plain text is hashed by the framework and put into `passwordAt`. */
export interface Staged {
  values: (string | null)[];
  password?: string;
  /** Under which the report counts the row's password. */
  passwordKind?: string;
}

/** A row that cannot be imported. */
export interface Refused {
  problems: RowProblem[];
  passwordKind?: string;
}

/** A value that may stand once in a file: its place among the staged ones, and its column in the file. */
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
  stage(row: Row): Staged | Refused;
  /** Called with the keys of a chunk before the transaction that merges it, for what other transactions wait for. */
  prepare?(db: Db, keys: readonly string[]): Promise<void>;
  /** Moves the staged rows into their table, in the transaction of `db`. */
  merge(db: Db): Promise<MergeCounts & { rejected: MergeRejection[] }>;
  /** Called in a transaction when every chunk is in. */
  finish?(db: Db): Promise<void>;
}

export interface ImportOptions extends CsvOptions, ImportRules {
  file: string;
  /** Data rows to pass over. */
  offset: number;
  /** Data rows to read; undefined: all. */
  limit: number | undefined;
  /** Stop at the first row that is rejected; rows before it are kept. */
  stopAtFirst: boolean;
  /** Begin at the first row although an earlier run broke off in the middle. */
  restart: boolean;
  /** Whether the listener wants rejected rows as they were; keeping them costs memory. */
  keepRows: boolean;
}

/** Receives what happens. */
export interface ImportListener {
  /** How the file is written, its header as it stands there (undefined without one), and columns that are not known. */
  header(source: { format: CsvFormat; header: string | undefined }, unknown: readonly string[]): void;
  resumed(line: number): void;
  /** Bytes read, bytes in all, and rows that are through, be they in or rejected. */
  progress(read: number, total: number, rows: number): void;
  /** Called before the chunk is committed, so that a crash may repeat a rejection and never loses one. */
  rejected(rejections: readonly { rejection: MergeRejection; row: RawRow | undefined }[]): void;
}

/** An import that has begun. */
export interface Given {
  app: App;
  session: DatabaseSession;
  importer: Importer;
  options: ImportOptions;
  listener: ImportListener;
  run: Run;
  format: CsvFormat;
  rows: AsyncGenerator<RawRow>;
}

/** An import on its way, and how its chunks are committed. */
export interface Loading extends Given {
  db: Db;
  commit<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

/** `true` and `false` as people write them; undefined for anything else. Empty is false. */
export function flagOf(text: string): boolean | undefined {
  if (/^(1|true|yes|y|on|ja)$/i.test(text)) return true;
  if (/^(|0|false|no|n|off|nein)$/i.test(text)) return false;
  return undefined;
}
