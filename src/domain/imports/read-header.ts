import type { Importer, ImportListener, RowProblem } from './importer.ts';
import { withoutMark } from '../../platform/import/neutral.ts';
import { importRefused } from '../../platform/import/problems.ts';
import type { CsvFormat } from '../../platform/import/csv-format.ts';
import type { RawRow } from '../../platform/import/read-rows.ts';

/** The header, and the first data row where the file has none. */
export async function readHeader(
  rows: AsyncGenerator<RawRow>,
  importer: Importer,
  { hasHeader, format, listener }: { hasHeader: boolean; format: CsvFormat; listener: ImportListener },
): Promise<{ columns: string[]; first: RawRow | undefined }> {
  const next = await rows.next();
  const record: RawRow | undefined = next.done ? undefined : next.value;
  if (!record) throw importRefused({ reason: 'The file has no rows.' });
  const known = importer.columns.map(({ name }) => name);
  const columns = hasHeader
    ? record.cells.map((cell) => columnNamed(withoutMark(cell).trim(), known))
    : known.slice(0, record.cells.length);
  const missing = importer.columns
    .filter(({ name, required }) => required && !columns.includes(name))
    .map(({ name }) => name);
  if (missing.length > 0) {
    // A file without a header has a customer here, with the password: only names that we know ourselves are printed.
    const found = known.filter((name) => columns.includes(name));
    const isMissing = `the ${missing.length > 1 ? 'columns' : 'column'} ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing`;
    const has = found.length > 0 ? ` Of the columns there are it has: ${found.join(', ')}.` : '';
    throw importRefused({
      reason: `This is no file of ${importer.entity}: ${isMissing}.${has} Another delimiter? See --delimiter. Another encoding? See --encoding. No header? See --has-header.`,
    });
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at && known.includes(name));
  if (twice) throw importRefused({ reason: `The column ${twice} stands twice in the header.` });
  listener.header(
    { format, header: hasHeader ? record.raw : undefined },
    columns.flatMap((name, at) => (known.includes(name) ? [] : [printable(name, at)])),
  );
  return { columns, first: hasHeader ? undefined : record };
}

/** Our name of a column, in whatever case the file has it. */
function columnNamed(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase();
  return known.includes(lower) ? lower : name;
}

/** The name of a column that we do not know; its place where it looks like anything but a name. */
const printable = (name: string, at: number): string =>
  /^[\p{L}_][\p{L}\p{N}_ .:/-]{0,63}$/u.test(name) && !/^[\da-f]{16,}$/i.test(name) ? name : `column ${at + 1}`;

export async function* withFirst(first: RawRow | undefined, rows: AsyncGenerator<RawRow>): AsyncGenerator<RawRow> {
  if (first) yield first;
  yield* rows;
}

/** How to find a column's cell in a record, looked up once for all rows. */
export function cellReader(columns: readonly string[]) {
  const places = new Map(columns.map((name, at) => [name, at]));
  return (row: RawRow) => (column: string) => {
    const at = places.get(column);
    return at === undefined ? '' : withoutMark(row.cells[at] ?? '');
  };
}

/** What is wrong with a cell that is no UTF-8, and what may read it. */
export const NOT_UTF8 = 'is no UTF-8 there: try --encoding=windows-1252';

/** What is wrong with a row before its entity looks at it. */
export function rowProblems({ cells, broken }: RawRow, columns: readonly string[]): RowProblem[] | undefined {
  if (cells.length !== columns.length)
    return [{ column: '', problem: `has ${cells.length} cells, the header has ${columns.length}` }];
  if (broken)
    return [
      {
        column: printable(columns[broken.cell] ?? '', broken.cell),
        problem: `has the byte ${broken.byte.toString(16).toUpperCase()}, which ${NOT_UTF8}`,
      },
    ];
  const unreadable = cells.findIndex((text) => text.includes('\0') || text.includes('\uFFFD'));
  return unreadable < 0
    ? undefined
    : [
        {
          column: printable(columns[unreadable] ?? '', unreadable),
          problem: 'has characters that are no text in this encoding',
        },
      ];
}
