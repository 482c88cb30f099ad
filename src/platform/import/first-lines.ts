import { randomInt } from 'node:crypto';

/** Entries that there is room for at first; a power of two. */
const START = 1 << 12;
/** How full the table may be. */
const FULL = 0.75;
/** Numbers an entry has: two of a hash, and a line. */
const WIDTH = 3;

/**
 * The line on which each text was noted first, in some twenty bytes a text however long it is: a table of 64-bit hashes, in
 * which two of a million texts are taken for one with a probability of 10^-7.
 */
export function firstLines() {
  const seed = randomInt(2 ** 32);
  let table = new Uint32Array(START * WIDTH);
  let noted = 0;

  /** Place of the entry of a hash, or of the free one where it belongs. */
  function placeOf(high: number, low: number): number {
    const mask = table.length / WIDTH - 1;
    for (let entry = low & mask; ; entry = (entry + 1) & mask) {
      const at = entry * WIDTH;
      if (table[at + 2] === 0 || (table[at] === high && table[at + 1] === low)) return at;
    }
  }
  function put(high: number, low: number, line: number) {
    const at = placeOf(high, low);
    if (table[at + 2] !== 0) return;
    table.set([high, low, line], at);
    noted += 1;
  }
  function grow() {
    const before = table;
    table = new Uint32Array(before.length * 2);
    noted = 0;
    for (let at = 0; at < before.length; at += WIDTH)
      if (before[at + 2] !== 0) put(before[at] ?? 0, before[at + 1] ?? 0, before[at + 2] ?? 0);
  }
  return {
    /** The line on which a text was noted, or undefined. */
    lineOf(text: string): number | undefined {
      const [high, low] = hash(text, seed);
      return table[placeOf(high, low) + 2] || undefined;
    },
    /** Notes a text that was not noted before. */
    note(text: string, line: number): void {
      if (noted >= (table.length / WIDTH) * FULL) grow();
      put(...hash(text, seed), line);
    },
  };
}

export type FirstLines = ReturnType<typeof firstLines>;

/** 64 bits of a text; cyrb53's mixing (public domain), with all of both halves. */
function hash(text: string, seed: number): [high: number, low: number] {
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
