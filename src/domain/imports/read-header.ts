import type { Importer, RowProblem } from './importer.ts';
import type { ImportListener } from './importer.ts';
import { importRefused } from '../../platform/import/problems.ts';
import type { RawRow } from '../../platform/import/read-rows.ts';

/** The header, and the first data row where the file has none. */
export async function readHeader(
  rows: AsyncGenerator<RawRow>,
  importer: Importer,
  hasHeader: boolean,
  listener: ImportListener,
): Promise<{ columns: string[]; first: RawRow | undefined }> {
  const next = await rows.next();
  const record: RawRow | undefined = next.done ? undefined : next.value;
  if (!record) throw importRefused({ reason: 'The file has no rows.' });
  const known = importer.columns.map(({ name }) => name);
  const columns = hasHeader ? record.cells.map((name) => name.trim()) : known.slice(0, record.cells.length);
  const missing = importer.columns
    .filter(({ name, required }) => required && !columns.includes(name))
    .map(({ name }) => name);
  if (missing.length > 0) {
    const found = columns.join(', ');
    throw importRefused({
      reason: `This is no file of ${importer.entity}: the ${missing.length > 1 ? 'columns' : 'column'} ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing. It has: ${found.length > 300 ? `${found.slice(0, 300)}…` : found}. Another delimiter? See --delimiter.`,
    });
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at && known.includes(name));
  if (twice) throw importRefused({ reason: `The column ${twice} stands twice in the header.` });
  listener.header(
    columns,
    columns.filter((name) => !known.includes(name)),
  );
  return { columns, first: hasHeader ? undefined : record };
}

export async function* withFirst(first: RawRow | undefined, rows: AsyncGenerator<RawRow>): AsyncGenerator<RawRow> {
  if (first) yield first;
  yield* rows;
}

/** How to find a column's cell in a record, looked up once for all rows. */
export function cellReader(columns: readonly string[]) {
  const places = new Map(columns.map((name, at) => [name, at]));
  return (row: RawRow) => (column: string) => {
    const at = places.get(column);
    return at === undefined ? '' : (row.cells[at] ?? '');
  };
}

/** What is wrong with a row before its entity looks at it. */
export function rowProblems({ cells }: RawRow, columns: readonly string[]): RowProblem[] | undefined {
  if (cells.length !== columns.length)
    return [{ column: '', problem: `has ${cells.length} cells, the header has ${columns.length}` }];
  const unreadable = cells.findIndex((text) => text.includes('\0') || text.includes('\uFFFD'));
  return unreadable < 0
    ? undefined
    : [{ column: columns[unreadable] ?? '', problem: 'has characters that are no text in this encoding' }];
}
