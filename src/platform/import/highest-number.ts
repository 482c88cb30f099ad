import { open } from 'node:fs/promises';
import type { CsvFormat } from './csv-format.ts';
import type { Marks } from './csv-record.ts';
import { importRefused } from './problems.ts';
import { readRows } from './read-rows.ts';

/** Bytes read at once. */
const BLOCK = 256 * 1024;

const BLANK = 0x20;
const NEW_LINE = 0x0a;
const RETURN = 0x0d;
const ZERO = 0x30;

/** The number at the end of a text: 21 for `DE--21`. 0 if there is none, or one of more than 15 digits. */
export function numberAtEnd(text: string): number {
  let start = text.length;
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
  return text.length - start <= 15 ? Number(text.slice(start)) : 0;
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/**
 * The highest number at the end of a cell of one column; see `numberAtEnd`.
 *
 * Looks at bytes, as the rows of a large file are read only once and this has to be known before: 0.2 s for a million.
 */
export async function highestNumber(file: string, format: CsvFormat, column: number): Promise<number> {
  const { marks, encoding } = format;
  const isSimple = Object.values(marks).every((mark) => mark.length <= 1 && mark <= '\x7f');
  if (!isSimple || encoding.startsWith('utf-16')) return highestByRow(file, format, column);
  const scan = scanner(marks, column);
  const handle = await open(file);
  try {
    const block = Buffer.alloc(BLOCK);
    let length: number;
    do {
      length = (await handle.read(block)).bytesRead;
      scan.read(block.subarray(0, length));
    } while (length > 0);
  } finally {
    await handle.close();
  }
  return scan.highest();
}

async function highestByRow(file: string, format: CsvFormat, column: number): Promise<number> {
  let highest = 0;
  try {
    for await (const { cells } of readRows(file, format, () => undefined))
      highest = Math.max(highest, numberAtEnd(cells[column]?.trim() ?? ''));
  } catch (error) {
    // The import says it when it comes to that row, and has those before in by then.
    if (!importRefused.is(error)) throw error;
  }
  return highest;
}

/** Follows the cells of a file byte by byte, and remembers the number at the end of the cell it is in. */
function scanner({ delimiter, enclosure, escape }: Marks, wanted: number) {
  const [between, quote, escaping] = [delimiter, enclosure, escape || enclosure].map((mark) => mark.charCodeAt(0));
  let highest = 0;
  let column = 0;
  let place: 'start' | 'plain' | 'quoted' | 'escaped' | 'closed' = 'start';
  let number = 0;
  let digits = 0;
  let isOver = false;

  function endCell() {
    if (column === wanted && digits <= 15 && number > highest) highest = number;
    number = digits = 0;
    isOver = false;
    place = 'start';
  }
  function add(byte: number) {
    // Blanks at the end do not count, those within a cell end what was a number before.
    if (byte === BLANK) isOver = true;
    else if (byte < ZERO || byte > ZERO + 9) number = digits = 0;
    else {
      if (isOver) number = digits = 0;
      isOver = false;
      number = number * 10 + byte - ZERO;
      digits += 1;
    }
  }
  function readQuoted(byte: number) {
    if (place === 'escaped') place = 'quoted';
    else if (byte === quote) place = 'closed';
    else if (byte === escaping) place = 'escaped';
    else if (column === wanted) add(byte);
  }
  /** A line without quotes: the cell is found by looking for what stands around it. */
  function readLine(block: Buffer, from: number, end: number) {
    let start = from;
    for (let passed = 0; passed < wanted; passed += 1) {
      start = block.indexOf(delimiter, start) + 1;
      if (start === 0 || start > end) return;
    }
    const next = block.indexOf(delimiter, start);
    const cell = block.toString('latin1', start, next < 0 || next > end ? end : next);
    highest = Math.max(highest, numberAtEnd(cell.trimEnd()));
  }
  function readBytes(block: Buffer) {
    for (const byte of block) {
      if (place === 'quoted' || place === 'escaped') readQuoted(byte);
      else if (byte === between) {
        endCell();
        column += 1;
      } else if (byte === NEW_LINE || byte === RETURN) {
        endCell();
        column = 0;
      } else if (byte === quote && place !== 'plain') {
        // A quote right after the one that closed is one within the cell.
        place = 'quoted';
      } else {
        place = 'plain';
        if (column === wanted) add(byte);
      }
    }
  }
  function read(block: Buffer) {
    const isPlain = (enclosure === '' || !block.includes(enclosure)) && !block.includes('\r');
    const isBetweenCells = place === 'start' || place === 'plain';
    // The line that began in the block before, whole lines, and the one that goes on in the next block.
    let at = block.indexOf('\n') + 1;
    if (!isPlain || !isBetweenCells || at === 0) return readBytes(block);
    readBytes(block.subarray(0, at));
    for (let end = block.indexOf('\n', at); end >= 0; end = block.indexOf('\n', at)) {
      readLine(block, at, end);
      at = end + 1;
    }
    readBytes(block.subarray(at));
  }
  return {
    read,
    highest() {
      endCell();
      return highest;
    },
  };
}
