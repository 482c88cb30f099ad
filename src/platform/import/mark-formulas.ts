import { type Marks, splitRecord } from './csv-record.ts';
import { neutralCell } from './neutral.ts';

/**
 * A record of a file in which cells that a spreadsheet would take for formulas have an apostrophe before them, which an
 * import takes off again. Everything else stays as it is, to the byte.
 */
export function markFormulas(raw: string, marks: Marks): string {
  const { enclosure, escape } = marks;
  const record = splitRecord(raw, 0, marks, { line: 1, isLast: true });
  let marked = '';
  let from = 0;
  for (const [at, cell] of (record?.cells ?? []).entries()) {
    if (neutralCell(cell) === cell) continue;
    const start = record?.starts[at] ?? 0;
    const isEnclosed = enclosure !== '' && raw.slice(from, start).endsWith(enclosure);
    marked += raw.slice(from, start);
    from = start;
    if (enclosure !== "'") marked += "'";
    else if (isEnclosed) marked += `${escape}'`;
    else {
      marked += `'${escape}'${cell}'`;
      from += cell.length;
    }
  }
  return marked + raw.slice(from);
}
