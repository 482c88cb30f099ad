import { closeSync, existsSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';
import {
  type CsvFormat,
  csvLine,
  errorCode,
  importRefused,
  markFormulas,
  type MergeRejection,
  neutral,
  type RawRow,
  toFile,
} from '../../domain/imports/index.ts';

export interface Rejects {
  /** How the file that is read now is written, and its header as it stands there. */
  source(source: Source): void;
  /** Adds to what an earlier run has left instead of beginning anew. */
  goOn(): void;
  write(found: readonly { rejection: MergeRejection; row: RawRow | undefined }[]): void;
  close(): void;
}

interface Source {
  format: CsvFormat;
  header: string | undefined;
}

/**
 * The files of rejected rows and of what was wrong with them, made when there is something to put into them. Rows keep the
 * bytes they came in, below the header of their file, so that the file can be corrected and imported again with the same
 * options. Cells that a spreadsheet would take for formulas have an apostrophe before them, which an import takes off again.
 *
 * Only the owner may read the files: rows have hashes of passwords.
 *
 * @throws {@link importRefused} for a file that cannot be written, before anything is imported.
 */
export function openRejects({
  rows,
  report,
  isRaw,
}: {
  rows: string | undefined;
  report: string | undefined;
  isRaw: boolean;
}): Rejects {
  if (rows !== undefined) probe('--rejects', rows);
  if (report !== undefined) probe('--report', report);
  const open = new Map<string, number>();
  let mode = 'w';
  let source: Source | undefined;

  function append(file: string, head: Buffer | undefined, line: Buffer) {
    try {
      let handle = open.get(file);
      if (handle === undefined) {
        handle = openSync(file, mode, OWNER_ONLY);
        open.set(file, handle);
        if (head && fstatSync(handle).size === 0) writeSync(handle, head);
      }
      writeSync(handle, line);
    } catch (error) {
      throw importRefused({ reason: `${file} cannot be written${errorCode(error)}. Nothing of these rows is in yet.` });
    }
  }
  function appendRow(file: string, { raw }: RawRow, { format, header }: Source) {
    const { marks, encoding, preamble, lineEnd } = format;
    const safe = (record: string) => (isRaw ? record : markFormulas(record, marks));
    const head = preamble + (header === undefined ? '' : safe(header) + lineEnd);
    append(file, toFile(head, encoding), toFile(safe(raw) + lineEnd, encoding));
  }

  return {
    source: (read) => void (source = read),
    goOn: () => void (mode = 'a'),
    write(found) {
      const written = new Set<number>();
      for (const { rejection, row } of found) {
        const { line, column, problem } = rejection;
        if (report) append(report, reportHead, Buffer.from(csvLine([String(line), neutral(column), neutral(problem)])));
        if (!rows || !row || !source || written.has(line)) continue;
        written.add(line);
        appendRow(rows, row, source);
      }
    },
    close() {
      for (const handle of open.values()) closeSync(handle);
      open.clear();
    },
  };
}

/** Mode of new files. */
const OWNER_ONLY = 0o600;

const reportHead = Buffer.from(csvLine(['line', 'column', 'problem']));

/** Finds out whether a file can be written, and leaves things as they were. */
function probe(option: string, file: string): void {
  const isThere = existsSync(file);
  try {
    closeSync(openSync(file, 'a', OWNER_ONLY));
    if (!isThere) rmSync(file);
  } catch (error) {
    throw importRefused({ reason: `${option}=${file} cannot be written${errorCode(error)}. Nothing was imported.` });
  }
}
