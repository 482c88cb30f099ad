import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import {
  csvLine,
  errorCode,
  importRefused,
  type MergeRejection,
  neutral,
  neutralCell,
  type RawRow,
} from '../../domain/imports/index.ts';

export interface Rejects {
  /** The columns of the file that is read now. */
  header(columns: readonly string[]): void;
  /** Adds to what an earlier run has left instead of beginning anew. */
  goOn(): void;
  write(found: readonly { rejection: MergeRejection; row: RawRow | undefined }[]): void;
  close(): void;
}

interface Format {
  delimiter: string;
  enclosure: string;
  hasHeader: boolean;
}

/**
 * The files of rejected rows and of what was wrong with them, made when there is something to put into them. Rows are
 * written in the format they came in, so that the file can be mended and fed again with the same options. Cells that a
 * spreadsheet would take for formulas have an apostrophe before them, which an import takes off again.
 *
 * Only the owner may read the files: rows have hashes of passwords.
 */
export function openRejects({
  rows,
  report,
  isRaw,
  ...format
}: { rows: string | undefined; report: string | undefined; isRaw: boolean } & Format): Rejects {
  const ofRow = isRaw ? (cell: string) => cell : neutralCell;
  const open = new Map<string, number>();
  let mode = 'w';
  let columns: readonly string[] = [];

  function append(file: string, header: readonly string[] | undefined, cells: readonly string[], as: Format) {
    try {
      writeLine(file, header, cells, as);
    } catch (error) {
      throw importRefused({ reason: `${file} cannot be written${errorCode(error)}. Nothing of these rows is in yet.` });
    }
  }
  function writeLine(file: string, header: readonly string[] | undefined, cells: readonly string[], as: Format) {
    let handle = open.get(file);
    if (handle === undefined) {
      handle = openSync(file, mode, OWNER_ONLY);
      open.set(file, handle);
      if (header && fstatSync(handle).size === 0) writeSync(handle, csvLine(header, as));
    }
    writeSync(handle, csvLine(cells, as));
  }

  return {
    header: (names) => void (columns = names),
    goOn: () => void (mode = 'a'),
    write(found) {
      const written = new Set<number>();
      for (const { rejection, row } of found) {
        const { line, column, problem } = rejection;
        if (report)
          append(report, ['line', 'column', 'problem'], [String(line), neutral(column), neutral(problem)], plain);
        if (!rows || !row || written.has(line)) continue;
        written.add(line);
        append(
          rows,
          format.hasHeader ? columns.map((name) => (isRaw ? name : neutral(name))) : undefined,
          row.cells.map(ofRow),
          format,
        );
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

const plain: Format = { delimiter: ',', enclosure: '"', hasHeader: true };
