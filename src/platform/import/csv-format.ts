import { open } from 'node:fs/promises';
import type { Marks } from './csv-record.ts';
import { csvSplitter } from './csv-splitter.ts';
import { encode, type Encoding, encodingNamed } from './encoding.ts';
import { importRefused } from './problems.ts';

export interface CsvOptions {
  /** Undefined: found by the file. */
  delimiter: string | undefined;
  enclosure: string;
  escape: string;
  hasHeader: boolean;
  /** As `encodingNamed` knows it; undefined: UTF-8, or what the file's mark says. */
  encoding: string | undefined;
}

/** How a file is written. */
export interface CsvFormat {
  encoding: Encoding;
  marks: Marks;
  /** Mark of the encoding and a line `sep=;`, in bytes as they are handled here: what stands before the first record. */
  preamble: string;
  /** Line of the first record. */
  firstLine: number;
  lineEnd: string;
}

/** Bytes looked at to find out. */
const HEAD = 64 * 1024;
/** Records compared. */
const SAMPLE = 20;
/** The first of those that fit as well. */
const delimiters = [',', ';', '\t', '|'];

const MARK = '\u00EF\u00BB\u00BF';

/** Finds out how a file is written, as far as the options do not say. */
export async function formatOf(file: string, options: CsvOptions): Promise<CsvFormat> {
  const { head, isWhole } = await readHead(file);
  const encoding = encodingOf(file, head, options.encoding);
  const bytes = toBytes(encoding)(head, true);
  const mark = bytes.startsWith(MARK) ? MARK : '';
  const [separator = '', named] = /^"?sep=([^\r\n])"?(?:\r\n|\n|\r)/i.exec(bytes.slice(mark.length)) ?? [];
  const preamble = mark + separator;
  const marks = {
    enclosure: encode(options.enclosure, encoding),
    escape: encode(options.escape || options.enclosure, encoding),
  };
  const given = options.delimiter === undefined ? named : encode(options.delimiter, encoding);
  const sample = bytes.slice(preamble.length);
  return {
    encoding,
    marks: { ...marks, delimiter: given ?? sensed(sample, isWhole, marks) },
    preamble,
    firstLine: separator === '' ? 1 : 2,
    lineEnd: /\r\n|\n|\r/.exec(bytes)?.[0] ?? '\n',
  };
}

async function readHead(file: string): Promise<{ head: Buffer; isWhole: boolean }> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    if (bytesRead === 0) throw importRefused({ reason: `${file} is empty.` });
    return { head: buffer.subarray(0, bytesRead), isWhole: bytesRead < HEAD };
  } finally {
    await handle.close();
  }
}

/** A mark counts more than what was said. */
function encodingOf(file: string, head: Buffer, said: string | undefined): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head.toString('latin1', 0, 3) === MARK) return 'utf-8';
  const encoding = said === undefined ? 'utf-8' : encodingNamed(said);
  if (encoding === undefined) throw importRefused({ reason: `There is no encoding ${said}.` });
  const start = head.subarray(0, 1024);
  const wide = wideOf(start);
  if (encoding === 'utf-16') return wide ?? 'utf-16le';
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return encoding;
  if (wide)
    throw importRefused({ reason: `${file} looks like UTF-16 without a byte order mark: --encoding=utf-16 reads it.` });
  if (start.includes(0) || head.toString('latin1', 0, 4) === 'PK\u0003\u0004')
    throw importRefused({
      reason: `${file} is no CSV file: it has binary content. A spreadsheet must be saved as CSV first.`,
    });
  return encoding;
}

/** Whether every other byte is zero, as in UTF-16 text of Latin letters, and which of the two. */
function wideOf(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (head.length < 8) return undefined;
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = head.length / 2;
  if (odd > most * 0.7 && even < most * 0.05) return 'utf-16le';
  return even > most * 0.7 && odd < most * 0.05 ? 'utf-16be' : undefined;
}

/** Pieces of a file as "binary" strings, a character each byte; UTF-16 becomes UTF-8 first. */
export function toBytes(encoding: Encoding): (piece: Buffer, isLast: boolean) => string {
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return (piece) => piece.toString('latin1');
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (piece, isLast) => Buffer.from(decoder.decode(piece, { stream: !isLast }), 'utf8').toString('latin1');
}

/** The delimiter that cuts the first records into the same number of cells, the more the better. */
function sensed(sample: string, isWhole: boolean, marks: Omit<Marks, 'delimiter'>): string {
  let best = { delimiter: ',', even: 0, cells: 1 };
  for (const delimiter of delimiters) {
    const [first = 1, ...others] = cellCounts(sample, isWhole, { ...marks, delimiter });
    if (first < 2) continue;
    const even = others.filter((count) => count === first).length / Math.max(1, others.length);
    if (best.cells === 1 || even > best.even || (even === best.even && first > best.cells))
      best = { delimiter, even, cells: first };
  }
  return best.delimiter;
}

function cellCounts(sample: string, isWhole: boolean, marks: Marks): number[] {
  const counts: number[] = [];
  try {
    for (const { cells } of csvSplitter(marks)(sample, isWhole)) {
      counts.push(cells.length);
      if (counts.length === SAMPLE) break;
    }
  } catch (error) {
    // Not with this delimiter, or not at all: reading the file says it better.
    if (!importRefused.is(error)) throw error;
  }
  return counts;
}
