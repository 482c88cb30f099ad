import { randomInt } from 'node:crypto';

/** Entries of the first table; each further one has twice as many, so that nothing is copied when one is full. */
const START = 1 << 14;
/** How full a table may be. */
const FULL = 0.8;
/** Lines are kept in so many bits, above them eight of the hash. */
const LINE_BITS = 24;
/** Stands for itself and every line behind it. */
export const LINE_MAX = 2 ** LINE_BITS - 1;

/**
 * The line on which each text was noted first, in some sixteen bytes a text however long it is: tables of hashes of 40 bits
 * at a place that another 14 or more of them say. That a text of a million is taken for another happens once in 10^4 files.
 */
export function firstLines() {
  const seed = randomInt(2 ** 32);
  const tables = [new Uint32Array(START * 2)];
  let noted = 0;

  return {
    /** The line on which a text was noted, at most `LINE_MAX`, or undefined. */
    lineOf(text: string): number | undefined {
      const [tag, place] = hash(text, seed);
      for (const table of tables) {
        const line = lineAt(table, slotOf(table, tag, place));
        if (line !== 0) return line;
      }
      return undefined;
    },
    /** Notes a text that was not noted before. */
    note(text: string, line: number): void {
      let table = tables.at(-1) ?? new Uint32Array(START * 2);
      if (noted >= (table.length / 2) * FULL) {
        table = new Uint32Array(table.length * 2);
        tables.push(table);
        noted = 0;
      }
      const [tag, place] = hash(text, seed);
      const slot = slotOf(table, tag, place);
      if (lineAt(table, slot) !== 0) return;
      table[slot] = tag;
      table[slot + 1] = ((place & ~LINE_MAX) | Math.min(line, LINE_MAX)) >>> 0;
      noted += 1;
    },
  };
}

export type FirstLines = ReturnType<typeof firstLines>;

const lineAt = (table: Uint32Array, slot: number) => (table[slot + 1] ?? 0) & LINE_MAX;

/** Where the entry of a hash is in a table, or the free one where it belongs. */
function slotOf(table: Uint32Array, tag: number, place: number): number {
  const mask = table.length / 2 - 1;
  for (let entry = place & mask; ; entry = (entry + 1) & mask) {
    const slot = entry * 2;
    const rest = table[slot + 1] ?? 0;
    if ((rest & LINE_MAX) === 0) return slot;
    if (table[slot] === tag && rest >>> LINE_BITS === place >>> LINE_BITS) return slot;
  }
}

/** Two numbers of 32 bits; cyrb53's mixing (public domain). */
function hash(text: string, seed: number): [tag: number, place: number] {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  const mixed = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  const other = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(mixed ^ (mixed >>> 13), 3_266_489_909);
  return [mixed >>> 0, other >>> 0];
}
