import type { Origin } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';
import { newId } from '../../platform/id.ts';
import type { Cell } from './cells.ts';
import * as cells from './cells.ts';
import { cellText } from '../../platform/import/no-value.ts';
import type {
  ColumnSpec,
  Importer,
  ImportRules,
  Load,
  MergeCounts,
  MergeRejection,
  Row,
  RowProblem,
} from './importer.ts';

/** A column of the file and what its cells may say. */
export interface Column extends ColumnSpec {
  cell: Cell;
  /** Read and checked, but no column of the staging table. */
  unstaged?: boolean;
  /** An empty cell is the empty text, and null only where the file does not have the column. */
  keepsEmpty?: boolean;
}

/** Columns of the staging table that are made of several cells. */
export interface Derived {
  type: string;
  of(row: Row, present: ReadonlySet<string>): string | null;
}

export interface StagedChunk {
  db: Db;
  /**
   * The temporary table with the rows: `line`, `id`, and the columns of the file, empty cells being null; `customer_id` where
   * rows name a customer, empty until `findCustomers` has looked for them.
   */
  staging: string;
  /** Columns the file has. */
  present: ReadonlySet<string>;
  /** The present as an SQL literal. */
  moment: string;
  runId: string;
  origin: Origin;
  rules: ImportRules;
}

export interface TableImport {
  entity: string;
  summary: string;
  columns: readonly Column[];
  derived?: Readonly<Record<string, Derived>>;
  /** Columns that say whom or what a row is about. */
  key: readonly string[];
  /** The identifier of a row whose file names none; without it a new one. */
  idOf?(row: Row): string;
  /** More that can be wrong with a row whose cells are all in order. */
  objections?(row: Row): RowProblem[];
  merge(chunk: StagedChunk): Promise<MergeCounts & { rejected: MergeRejection[] }>;
}

export const column = (name: string, cell: Cell, help: string, more: Partial<Column> = {}): Column => ({
  name,
  cell,
  help,
  ...more,
});

/** The identifier of a row, where things keep theirs. */
export const uuidColumn = column('uuid', cells.uuid, 'kept as the identifier', { unstaged: true });

/** The column with which rows name customers. */
const REFERENCE = 'customer_reference';

/** An importer of one table: cells are checked by their kind, rows staged as they are, and merged by one statement or a few. */
export function tableImporter({ derived = {}, columns, key, objections, ...definition }: TableImport): Importer {
  const staged = columns.filter(({ unstaged }) => !unstaged);
  const namesCustomers = columns.some(({ name }) => name === REFERENCE);
  const staging = `import_${definition.entity.replaceAll('-', '_')}`;
  const types = [
    'line bigint',
    'row_key text',
    'id uuid',
    ...staged.map(({ name, cell }) => `"${name}" ${cell.type}`),
    ...Object.entries(derived).map(([name, { type }]) => `"${name}" ${type}`),
    ...(namesCustomers ? ['customer_id uuid'] : []),
  ];
  return {
    entity: definition.entity,
    summary: definition.summary,
    columns,
    ...(namesCustomers ? { references: REFERENCE } : {}),
    begin(app, runId, present, rules): Load {
      return {
        staging: {
          table: staging,
          definition: types.join(', '),
          columns: ['line', 'row_key', 'id', ...staged.map(({ name }) => `"${name}"`), ...Object.keys(derived)],
        },
        // Rows for the same thing are told apart once it is clear which of them are in order.
        unique: [],
        key: 0,
        stage(row) {
          const trimmed: Row = (name) => cellText(row(name));
          const problems: RowProblem[] = [];
          const values = new Map<string, string | null>();
          for (const column of columns) {
            const value = read(trimmed(column.name), column, problems);
            values.set(column.name, value ?? (column.keepsEmpty && present.has(column.name) ? '' : null));
          }
          if (problems.length === 0) problems.push(...(objections?.(trimmed) ?? []));
          if (problems.length > 0) return { problems };
          const id = values.get('uuid') ?? definition.idOf?.(trimmed) ?? newId();
          return {
            values: [
              // A row that can be told by its content alone is known by the identifier made of it.
              definition.idOf ? id : key.map(trimmed).join('\u0001'),
              id,
              ...staged.map(({ name }) => values.get(name) ?? null),
              ...Object.values(derived).map(({ of }) => of(trimmed, present)),
            ],
          };
        },
        merge: (db) =>
          definition.merge({
            db,
            staging,
            present,
            moment: `'${app.now().toISOString()}'::timestamptz`,
            runId,
            origin: app.origin,
            rules,
          }),
      };
    },
  };
}

function read(text: string, { name, cell, required }: Column, problems: RowProblem[]): string | null {
  if (cell.isNone?.(text) || (text === '' && cell.type !== 'boolean')) {
    if (required) problems.push({ column: name, problem: 'is empty' });
    return null;
  }
  const value = cell.read(text);
  if (typeof value === 'string') return value;
  problems.push({ column: name, ...value });
  return null;
}
