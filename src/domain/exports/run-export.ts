import type { App } from '../../platform/app.ts';
import { propertyName } from '../../platform/database/names.ts';
import { csvLine } from '../../platform/import/csv-line.ts';
import { neutral } from '../../platform/import/neutral.ts';
import { record } from '../audit/index.ts';
import type { Cell, ExportedRow, Exporter } from './exporter.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  format: ExportFormat;
  /** Customers of one store, and their addresses. */
  store?: string | undefined;
  /** Hashes of passwords too, for moving to another instance. */
  withPasswords: boolean;
}

/** Rows of a statement: about 0.5 MB of text. */
const PAGE_ROWS = 2000;

/**
 * The text of an export in pieces of some thousand rows, so that its memory does not grow with the shop. Rows come in pages,
 * not in one snapshot: what changes meanwhile is exported as it was when its page was read.
 *
 * Cells that a spreadsheet would take for formulas have an apostrophe before them in CSV, which an import takes off again.
 * Ends with an audit event.
 *
 * @param onRows called with the number of rows so far.
 */
export async function* runExport(
  app: App,
  exporter: Exporter,
  { format, store, withPasswords }: ExportOptions,
  onRows: (rows: number) => void = () => {},
): AsyncGenerator<string> {
  const columns = exporter.columns.filter((column) => withPasswords || column !== 'password');
  const line = format === 'csv' ? csvOf : jsonOf;
  if (format === 'csv') yield csvLine(columns);
  let after: readonly string[] | undefined;
  let count = 0;
  for (;;) {
    const { rows, last } = await exporter.page(app.db, { after, limit: PAGE_ROWS, store });
    count += rows.length;
    if (rows.length > 0) yield rows.map((row) => line(row, columns)).join('');
    onRows(count);
    if (rows.length < PAGE_ROWS) break;
    after = last;
  }
  await record(app, {
    action: 'exports.finished',
    facts: { entity: exporter.entity, rows: count, format, passwords: withPasswords, store: store ?? null },
  });
}

const csvOf = (row: ExportedRow, columns: readonly string[]) =>
  csvLine(columns.map((name) => neutral(text(row[propertyName(name)]))));

const jsonOf = (row: ExportedRow, columns: readonly string[]) =>
  `${JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[propertyName(name)] ?? null])))}\n`;

const text = (cell: Cell) => (cell === null || cell === undefined ? '' : String(cell));
