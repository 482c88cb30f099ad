import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { MergeRejection, RawRow } from '../../domain/imports/index.ts';

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
 * written in the format they came in, so that the file can be mended and fed again with the same options.
 */
export function openRejects({
  rows,
  report,
  ...format
}: { rows: string | undefined; report: string | undefined } & Format): Rejects {
  const open = new Map<string, number>();
  let mode = 'w';
  let columns: readonly string[] = [];

  function append(file: string, header: readonly string[] | undefined, cells: readonly string[], as: Format) {
    let handle = open.get(file);
    if (handle === undefined) {
      handle = openSync(file, mode);
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
        if (report) append(report, ['line', 'column', 'problem'], [String(line), column, problem], plain);
        if (!rows || !row || written.has(line)) continue;
        written.add(line);
        append(rows, format.hasHeader ? columns : undefined, row.cells, format);
      }
    },
    close() {
      for (const handle of open.values()) closeSync(handle);
      open.clear();
    },
  };
}

const plain: Format = { delimiter: ',', enclosure: '"', hasHeader: true };

function csvLine(cells: readonly string[], { delimiter, enclosure }: Format): string {
  const special = (cell: string) => /[\r\n]/.test(cell) || cell.includes(delimiter) || cell.includes(enclosure);
  const quoted = cells.map((cell) =>
    enclosure && special(cell) ? enclosure + cell.replaceAll(enclosure, enclosure + enclosure) + enclosure : cell,
  );
  return `${quoted.join(delimiter)}\n`;
}
