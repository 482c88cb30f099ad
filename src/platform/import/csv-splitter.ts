import { type Marks, RECORD_MAX, splitRecord } from './csv-record.ts';
import { importRefused } from './problems.ts';

/** A record in bytes of the file, a character each. */
export interface ByteRecord {
  /** Line of its beginning, the first being 1. */
  line: number;
  cells: string[];
  /** As it stands in the file, without its line end. */
  raw: string;
}

/**
 * Splits a file, given piece by piece, into its records; lines with nothing on them are passed over. Most lines of most
 * files have no enclosure and are cut at their delimiters at once; only the others are read cell by cell.
 */
export function csvSplitter(marks: Marks, firstLine = 1) {
  const { delimiter, enclosure } = marks;
  let rest = '';
  let line = firstLine;

  return function* split(piece: string, isLast: boolean): Generator<ByteRecord> {
    const text = rest + piece;
    const hasReturns = text.includes('\r');
    let quote = nextOf(text, enclosure, 0);
    let back = hasReturns ? nextOf(text, '\r', 0) : Infinity;
    let at = 0;
    while (at < text.length) {
      const feed = text.indexOf('\n', at);
      if (back < at) back = nextOf(text, '\r', at);
      if (quote < at) quote = nextOf(text, enclosure, at);
      let end = Math.min(feed < 0 ? Infinity : feed, back);
      let cells: string[] | undefined;
      let breaks = 0;
      if (quote < end) {
        const record = splitRecord(text, at, marks, { line, isLast });
        if (!record) break;
        ({ cells, end, breaks } = record);
      }
      if (end === Infinity) {
        if (!isLast) break;
        end = text.length;
      }
      // A carriage return at the end of a piece may have its line feed in the next one.
      if (text[end] === '\r' && end + 1 === text.length && !isLast) break;
      if (end > at) {
        const raw = text.slice(at, end);
        yield { line, cells: cells ?? raw.split(delimiter), raw };
      }
      line += breaks + (end < text.length ? 1 : 0);
      at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    }
    rest = text.slice(at);
    if (rest.length > RECORD_MAX)
      throw importRefused({
        reason: `line ${line}: a record is longer than ${RECORD_MAX.toLocaleString('en')} characters; is this a CSV file?`,
      });
  };
}

function nextOf(text: string, mark: string, from: number): number {
  const at = mark === '' ? -1 : text.indexOf(mark, from);
  return at < 0 ? Infinity : at;
}
