import { closeSync, openSync, writeSync } from 'node:fs';
import type { MergeRejection, RawRow } from '../../domain/imports/index.ts';

export interface Rejects {
  header(columns: readonly string[]): void;
  write(found: readonly { rejection: MergeRejection; row: RawRow | undefined }[]): void;
  close(): void;
}

/** The files of rejected rows and of what was wrong with them, made when there is something to put into them. */
export function openRejects({
  rejects,
  report,
  delimiter,
}: {
  rejects: string | undefined;
  report: string | undefined;
  delimiter: string;
}): Rejects {
  const open = new Map<string, number>();
  let columns: readonly string[] = [];

  function append(file: string, header: readonly string[], cells: readonly string[], separator: string) {
    let handle = open.get(file);
    if (handle === undefined) {
      handle = openSync(file, 'w');
      open.set(file, handle);
      writeSync(handle, csvLine(header, separator));
    }
    writeSync(handle, csvLine(cells, separator));
  }

  return {
    header: (names) => void (columns = names),
    write(found) {
      const written = new Set<number>();
      for (const {
        rejection: { line, column, problem },
        row,
      } of found) {
        if (report) append(report, ['line', 'column', 'problem'], [String(line), column, problem], ',');
        if (!rejects || !row || written.has(line)) continue;
        written.add(line);
        append(rejects, columns, row.cells, delimiter);
      }
    },
    close() {
      for (const handle of open.values()) closeSync(handle);
    },
  };
}

function csvLine(cells: readonly string[], delimiter: string): string {
  return `${cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\n`;
}
