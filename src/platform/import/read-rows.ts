import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { assume } from '../types.ts';
import { importRefused } from './problems.ts';

export interface CsvOptions {
  delimiter: string;
  enclosure: string;
  escape: string;
  hasHeader: boolean;
}

/** A record as it stands in the file. */
export interface RawRow {
  /** Line of its beginning, the first being 1. */
  line: number;
  cells: string[];
}

/** Longest record, in characters: more is an enclosure that was never closed. */
const RECORD_MAX = 1_000_000;
/** Most columns of a file. */
const COLUMNS_MAX = 500;

/** UTF-8 with or without a mark, or UTF-16 with one. */
export async function encodingOf(file: string): Promise<'utf8' | 'utf-16le' | 'utf-16be'> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.subarray(0, bytesRead);
    if (bytesRead === 0) throw importRefused({ reason: `${file} is empty.` });
    if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
    if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
    if (head.subarray(0, 1024).includes(0) || head.toString('latin1').startsWith('PK\x03\x04'))
      throw importRefused({
        reason: `${file} is no CSV file: it has binary content. A spreadsheet must be saved as CSV first.`,
      });
    return 'utf8';
  } finally {
    await handle.close();
  }
}

/** Reads a file record by record without holding it; `onBytes` is told how much was read. */
export async function* readRows(
  file: string,
  options: CsvOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<RawRow> {
  const encoding = await encodingOf(file);
  const source = createReadStream(file, { highWaterMark: 16 * 1024 });
  const parser = parse({
    delimiter: options.delimiter,
    quote: options.enclosure || false,
    escape: options.escape || options.enclosure,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_MAX,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  const counted = counting(source, onBytes);
  const feeding = feed(encoding === 'utf8' ? counted : decoded(counted, encoding), parser);
  let line = 1;
  let extra = 0;
  try {
    for await (const { record, info } of assume<AsyncIterable<{ record: string[]; info: Info }>>(parser)) {
      const breaks = breaksIn(record);
      extra += breaks.extra;
      if (line === 0 && record.length > COLUMNS_MAX)
        throw importRefused({ reason: `${file} has ${record.length} columns; ${COLUMNS_MAX} are the most.` });
      const end = info.lines - extra;
      yield { line: end - breaks.lines, cells: record.length > COLUMNS_MAX ? record.slice(0, COLUMNS_MAX) : record };
      line = end + 1;
    }
    await feeding;
  } catch (error) {
    if (error instanceof CsvError) {
      const opened = /opening quote at line (\d+)/.exec(error.message)?.[1];
      throw importRefused({ reason: `${file}, from line ${opened ?? line}: ${explain(error)}` });
    }
    throw error;
  } finally {
    source.destroy();
  }
}

/** Lines that end within the cells of a record, and by how many the parser counts too far: a CR LF within a cell is two to it. */
function breaksIn(record: readonly string[]): { lines: number; extra: number } {
  const breaks = { lines: 0, extra: 0 };
  for (const cell of record) {
    if (!/[\r\n]/.test(cell)) continue;
    breaks.lines += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
    breaks.extra += cell.match(/\r\n/g)?.length ?? 0;
  }
  return breaks;
}

async function* counting(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* decoded(source: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield decoder.decode(chunk, { stream: true });
}

async function feed(text: AsyncIterable<Buffer | string>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of text) {
      if (!parser.write(chunk)) await new Promise((resolve) => parser.once('drain', resolve));
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** In our words: those of the parser quote cells. */
function explain({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'an enclosure is opened and never closed.';
  if (code === 'CSV_MAX_RECORD_SIZE')
    return `a record is longer than ${RECORD_MAX.toLocaleString('en')} characters; is an enclosure missing?`;
  return `this is no CSV (${code}).`;
}

/** What tells one file from another, whatever it is called: SHA-256 of its content, and its size in bytes. */
export async function identify(file: string): Promise<{ digest: string; bytes: number }> {
  const { size, isFile } = await stat(file).then(
    (found) => ({ size: found.size, isFile: found.isFile() }),
    () => ({ size: 0, isFile: false }),
  );
  if (!isFile) throw importRefused({ reason: `There is no file ${file}.` });
  const hash = createHash('sha256');
  const handle = await open(file).catch((error: unknown) => {
    throw importRefused({ reason: `${file} cannot be read${errorCode(error)}.` });
  });
  try {
    // One buffer for the whole file: a stream's would pile up faster than they are collected.
    const buffer = Buffer.alloc(1024 * 1024);
    let length: number;
    do {
      length = (await handle.read(buffer)).bytesRead;
      hash.update(buffer.subarray(0, length));
    } while (length > 0);
  } finally {
    await handle.close();
  }
  return { digest: hash.digest('hex'), bytes: size };
}

/** `: EACCES` of an error of the file system. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? `: ${error.code}` : '';
