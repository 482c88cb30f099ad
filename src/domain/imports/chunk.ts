import { copyLine } from '../../platform/database/session.ts';
import type { Load, MergeRejection, Refused, RowProblem, Staged } from './importer.ts';
import { type FirstLines, LINE_MAX } from '../../platform/import/first-lines.ts';
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
  /** Whom the staged rows are for. */
  keys: string[];
  /** Rows by the kind of their passwords. */
  passwordKinds: Map<string, number>;
  /** Rows whose password came in plain text. */
  plain: { line: number; key: string; password: string; values: (string | null)[] }[];
}

export const emptyChunk = (): Chunk => ({
  rows: 0,
  firstLine: 0,
  lastLine: 0,
  copy: new Map(),
  rejections: [],
  raw: new Map(),
  keys: [],
  plain: [],
  passwordKinds: new Map(),
});

/** Adds a row: to what is copied, or to what is rejected. `seen` has the unique values of the file so far. */
export function addToChunk(
  chunk: Chunk,
  load: Load,
  seen: readonly FirstLines[],
  line: number,
  row: Staged | Refused,
): void {
  const { passwordKind: kind } = row;
  if (kind !== undefined) chunk.passwordKinds.set(kind, (chunk.passwordKinds.get(kind) ?? 0) + 1);
  const problems = 'values' in row ? repeated(load, seen, row) : row.problems;
  for (const problem of problems) chunk.rejections.push({ line, ...problem });
  if (problems.length === 0 && 'values' in row) addStaged(chunk, load, seen, line, row);
}

/** Which values of a row that may stand once stood on a line before. */
function repeated({ unique }: Load, seen: readonly FirstLines[], { values }: Staged): RowProblem[] {
  return unique.flatMap(({ at, column }, index) => {
    const line = seen[index]?.lineOf(values[at] ?? '');
    if (line === undefined) return [];
    return [{ column, problem: `is the same as on ${line < LINE_MAX ? `line ${line}` : 'a line before'}` }];
  });
}

/** Notes the unique values of a row. */
export function noteUnique({ unique }: Load, seen: readonly FirstLines[], line: number, { values }: Staged): void {
  for (const [index, { at }] of unique.entries()) seen[index]?.note(values[at] ?? '', line);
}

function addStaged(chunk: Chunk, load: Load, seen: readonly FirstLines[], line: number, row: Staged): void {
  const { values, password } = row;
  const key = values[load.unique[load.key]?.at ?? 0] ?? '';
  noteUnique(load, seen, line, row);
  chunk.keys.push(key);
  chunk.copy.set(line, copyLine(String(line), values));
  if (password !== undefined) chunk.plain.push({ line, key, password, values });
}
