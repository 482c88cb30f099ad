import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { CsvFormat } from './csv-format.ts';
import { toBytes } from './csv-format.ts';
import { csvSplitter } from './csv-splitter.ts';
import { brokenByte, decode, type Encoding, isAscii } from './encoding.ts';
import { importRefused } from './problems.ts';

/** A record as it stands in the file. */
export interface RawRow {
  /** Line of its beginning, the first being 1. */
  line: number;
  cells: string[];
  /** Its bytes, a character each; of UTF-16 those of UTF-8. */
  raw: string;
  /** Place of the first cell that is no text in the encoding, and the byte that is none. */
  broken?: { cell: number; byte: number };
}

/** Most columns of a file. */
const COLUMNS_MAX = 500;
/** Bytes read at once. */
const BLOCK = 64 * 1024;

/** Reads a file record by record without holding it; `onBytes` is told how much was read. */
export async function* readRows(
  file: string,
  format: CsvFormat,
  onBytes: (bytes: number) => void,
): AsyncGenerator<RawRow> {
  const { encoding, marks, preamble, firstLine } = format;
  const split = csvSplitter(marks, firstLine);
  const handle = await open(file);
  try {
    const bytesOf = toBytes(encoding);
    const block = Buffer.alloc(BLOCK);
    let isFirst = true;
    let isFirstPiece = true;
    for (let length = -1; length !== 0;) {
      length = (await handle.read(block)).bytesRead;
      onBytes(length);
      const piece = bytesOf(block.subarray(0, length), length === 0);
      for (const { line, cells, raw } of split(isFirstPiece ? piece.slice(preamble.length) : piece, length === 0)) {
        if (isFirst && cells.length > COLUMNS_MAX)
          throw importRefused({ reason: `line ${line}: ${cells.length} columns; ${COLUMNS_MAX} are the most.` });
        isFirst = false;
        yield rowOf(line, cells.length > COLUMNS_MAX ? cells.slice(0, COLUMNS_MAX) : cells, raw, encoding);
      }
      isFirstPiece = false;
    }
  } catch (error) {
    if (!importRefused.is(error)) throw error;
    throw importRefused({ reason: `${file}, ${error.details.reason}` });
  } finally {
    await handle.close();
  }
}

function rowOf(line: number, cells: string[], raw: string, encoding: Encoding): RawRow {
  if (isAscii(raw)) return { line, cells, raw };
  const row: RawRow = { line, cells: cells.map((cell) => decode(cell, encoding)), raw };
  if (encoding !== 'utf-8' || brokenByte(raw) === undefined) return row;
  const cell = cells.findIndex((bytes) => brokenByte(bytes) !== undefined);
  return cell < 0 ? row : { ...row, broken: { cell, byte: brokenByte(cells[cell] ?? '') ?? 0 } };
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
