import type { Hasher } from '../../platform/crypto/hasher.ts';
import { copyLine } from '../../platform/database/session.ts';
import type { Load, MergeRejection, Staged } from './importer.ts';
import type { RawRow } from './read-rows.ts';

/** Passwords hashed side by side; the hasher lets as many run as there are cores. */
const HASHES_AT_ONCE = 32;

/** Rows on their way into the database together. They are kept as COPY's text: a few hundred bytes each. */
export interface Chunk {
  /** Rows read, rejected ones included. */
  rows: number;
  lastLine: number;
  /** By line. */
  copy: Map<number, string>;
  rejections: MergeRejection[];
  /** The rows themselves, while somebody wants the rejected ones. */
  raw: Map<number, RawRow>;
  /** Lines by their unique values; a line that is no longer in `copy` does not count. */
  seen: Map<string, number>[];
  hashing: Promise<void>[];
}

export const emptyChunk = ({ unique }: Load): Chunk => ({
  rows: 0,
  lastLine: 0,
  copy: new Map(),
  rejections: [],
  raw: new Map(),
  seen: unique.map(() => new Map<string, number>()),
  hashing: [],
});

/** Adds a staged row, unless another row of the chunk with the same unique value counts instead. */
export async function addToChunk(
  chunk: Chunk,
  load: Load,
  hasher: Hasher,
  line: number,
  { values, password }: Staged,
): Promise<void> {
  for (const [index, { at, column, keep }] of load.unique.entries()) {
    const other = chunk.seen[index]?.get(values[at] ?? '');
    if (other === undefined || !chunk.copy.has(other)) continue;
    if (keep === 'first') {
      chunk.rejections.push({ line, column, problem: `is the same as on line ${other}` });
      return;
    }
    chunk.rejections.push({ line: other, column, problem: `stands again on line ${line}, which counts` });
    chunk.copy.delete(other);
  }
  for (const [index, { at }] of load.unique.entries()) chunk.seen[index]?.set(values[at] ?? '', line);
  chunk.copy.set(line, copyLine(String(line), values));
  if (password === undefined) return;

  chunk.hashing.push(
    hasher.hash(password).then((hash) => {
      if (chunk.copy.has(line))
        chunk.copy.set(line, copyLine(String(line), values.toSpliced(load.passwordAt ?? 0, 1, hash)));
    }),
  );
  if (chunk.hashing.length % HASHES_AT_ONCE === 0) await Promise.all(chunk.hashing);
}
