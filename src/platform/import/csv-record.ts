import { importRefused } from './problems.ts';

/** What separates and surrounds cells. All of them are bytes of the file, a character each ("binary" strings). */
export interface Marks {
  delimiter: string;
  /** '' where cells have nothing around them. */
  enclosure: string;
  /** Before an enclosure within a cell; the enclosure itself as RFC 4180 has it. */
  escape: string;
}

/** A record and where it ended. */
export interface Split {
  cells: string[];
  /** Where the content of each cell begins. */
  starts: number[];
  /** Behind the record, before its line end. */
  end: number;
  /** Line ends within cells. */
  breaks: number;
}

/** Longest record, in bytes: more is an enclosure that was never closed. */
export const RECORD_MAX = 1_000_000;

/**
 * Splits the record that begins at `from`, as RFC 4180 has it. Returns undefined if the text ends before the record does,
 * unless it is the last of the file.
 *
 * @param line the line on which the record begins, for what is said about it.
 * @throws {@link importRefused} for quoting that could be read in two ways. No text of the file is repeated.
 */
export function splitRecord(
  text: string,
  from: number,
  marks: Marks,
  { line, isLast }: { line: number; isLast: boolean },
): Split | undefined {
  const { delimiter, enclosure } = marks;
  const record: Split = { cells: [], starts: [], end: from, breaks: 0 };
  for (let at = from; ; at += delimiter.length) {
    const isEnclosed = enclosure !== '' && text.startsWith(enclosure, at);
    const cell = isEnclosed
      ? enclosedCell(text, at + enclosure.length, marks, { line: line + record.breaks, isLast })
      : bareCell(text, at, marks, { line: line + record.breaks, isLast });
    if (!cell) return undefined;
    record.cells.push(cell.value);
    record.starts.push(isEnclosed ? at + enclosure.length : at);
    if (isEnclosed) record.breaks += lineEndsIn(cell.value);
    at = record.end = cell.end;
    if (!text.startsWith(delimiter, at)) return record;
  }
}

interface Ended {
  value: string;
  end: number;
}

interface Place {
  line: number;
  isLast: boolean;
}

/** A cell without anything around it goes to the next delimiter or line end. */
function bareCell(
  text: string,
  from: number,
  { delimiter, enclosure }: Marks,
  { line, isLast }: Place,
): Ended | undefined {
  const feed = lineEnd(text, from);
  const between = text.indexOf(delimiter, from);
  if (feed < 0 && between < 0 && !isLast) return undefined;
  const end = Math.min(...[feed, between, text.length].filter((place) => place >= 0));
  const value = text.slice(from, end);
  if (enclosure !== '' && value.includes(enclosure))
    refuse(
      line,
      `an enclosure (${printable(enclosure)}) stands within a cell that does not begin with it. Cells with one are enclosed and double it (RFC 4180); --enclosure= if the file encloses nothing.`,
    );
  return { value, end };
}

/** A cell up to the enclosure that closes it, with what was escaped. */
function enclosedCell(
  text: string,
  from: number,
  { delimiter, enclosure, escape }: Marks,
  place: Place,
): Ended | undefined {
  const isDoubled = escape === enclosure || escape === '';
  let value = '';
  let start = from;
  for (let at = from; ;) {
    const closing = text.indexOf(enclosure, at);
    const escaping = isDoubled ? -1 : text.indexOf(escape, at);
    if (escaping >= 0 && (closing < 0 || escaping < closing)) {
      const next = escaping + escape.length;
      if (next >= text.length) return unclosed(text, from, place);
      value += text.slice(start, escaping) + text.slice(next, next + 1);
      start = at = next + 1;
      continue;
    }
    if (closing < 0) return unclosed(text, from, place);
    const end = closing + enclosure.length;
    // What follows tells whether the cell is over; it may be in the next piece of the file.
    if (!place.isLast && end + Math.max(delimiter.length, enclosure.length) > text.length) return undefined;
    if (isDoubled && text.startsWith(enclosure, end)) {
      value += text.slice(start, end);
      start = at = end + enclosure.length;
      continue;
    }
    value += text.slice(start, closing);
    if (!isOver(text, end, delimiter)) refuseTail(text, closing, value, escape, place.line);
    return { value, end };
  }
}

const isOver = (text: string, end: number, delimiter: string) =>
  end >= text.length || text[end] === '\n' || text[end] === '\r' || text.startsWith(delimiter, end);

function unclosed(text: string, from: number, { line, isLast }: Place): undefined {
  if (isLast) return refuse(line, 'an enclosure is opened and never closed.');
  if (text.length - from > RECORD_MAX)
    refuse(
      line,
      `a record is longer than ${RECORD_MAX.toLocaleString('en')} characters; is the enclosure that was opened there missing its end?`,
    );
  return undefined;
}

function refuseTail(text: string, closing: number, value: string, escape: string, opened: number): never {
  const line = opened + lineEndsIn(value);
  const from = line === opened ? '' : ` that began on line ${opened}`;
  const hint =
    text[closing - 1] === '\\' && escape !== '\\'
      ? 'Enclosures within cells seem to have a backslash before them: --escape=\\ reads them.'
      : 'An enclosure within a cell is doubled (RFC 4180).';
  return refuse(line, `there is text behind the enclosure that closes a cell${from}. ${hint}`);
}

function refuse(line: number, what: string): never {
  throw importRefused({ reason: `line ${line}: ${what}` });
}

const printable = (mark: string) => (/^[!-~]$/.test(mark) ? mark : 'as --enclosure names it');

/** The place of the next line end, -1 if there is none. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  const back = text.slice(from, feed < 0 ? text.length : feed).indexOf('\r');
  return back >= 0 ? from + back : feed;
}

/** CR LF is one. */
const lineEndsIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
