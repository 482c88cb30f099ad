import { copyLine } from '../../platform/database/session.ts';
import type { Load, MergeRejection, Refused, Staged } from './importer.ts';
import type { RawRow } from '../../platform/import/read-rows.ts';

/** Rows on their way into the database together. They are kept as COPY's text: a few hundred bytes each. */
export interface Chunk {
  /** Rows read, rejected ones included. */
  rows: number;
  firstLine: number;
  lastLine: number;
  /** By line. */
  copy: Map<number, string>;
  rejections: MergeRejection[];
  /** The rows themselves, while somebody wants the rejected ones. */
  raw: Map<number, RawRow>;
  /** Lines by their unique values. */
  seen: Map<string, number>[];
  /** Rows by the kind of their passwords. */
  passwordKinds: Map<string, number>;
  /** Rows whose password came in plain text. */
  plain: { line: number; key: string; password: string; values: (string | null)[] }[];
}

export const emptyChunk = ({ unique }: Load): Chunk => ({
  rows: 0,
  firstLine: 0,
  lastLine: 0,
  copy: new Map(),
  rejections: [],
  raw: new Map(),
  seen: unique.map(() => new Map<string, number>()),
  plain: [],
  passwordKinds: new Map(),
});

/** Whether a row is for somebody whom another row of the chunk is for too. It belongs into the next one, as the later row counts. */
export const repeats = (chunk: Chunk, { key, unique }: Load, { values }: Staged): boolean =>
  chunk.seen[key]?.has(values[unique[key]?.at ?? 0] ?? '') ?? false;

/** Adds a row: to what is copied, or to what is rejected. */
export function addToChunk(chunk: Chunk, load: Load, line: number, row: Staged | Refused): void {
  const { passwordKind: kind } = row;
  if (kind !== undefined) chunk.passwordKinds.set(kind, (chunk.passwordKinds.get(kind) ?? 0) + 1);
  if ('values' in row) addStaged(chunk, load, line, row);
  else for (const problem of row.problems) chunk.rejections.push({ line, ...problem });
}

/** Adds a staged row, unless another row of the chunk has a value that may stand once. */
function addStaged(chunk: Chunk, load: Load, line: number, { values, password }: Staged): void {
  for (const [index, { at, column }] of load.unique.entries()) {
    const other = chunk.seen[index]?.get(values[at] ?? '');
    if (other === undefined) continue;
    chunk.rejections.push({ line, column, problem: `is the same as on line ${other}` });
    return;
  }
  for (const [index, { at }] of load.unique.entries()) chunk.seen[index]?.set(values[at] ?? '', line);
  chunk.copy.set(line, copyLine(String(line), values));
  if (password !== undefined)
    chunk.plain.push({ line, key: values[load.unique[load.key]?.at ?? 0] ?? '', password, values });
}
