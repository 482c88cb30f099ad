import { PHPASS_ALPHABET } from '../../platform/crypto/imported-hashes.ts';

/** What decides how long a hash takes to verify: its format and parameters, without salt and result. */
export interface HashKind {
  /** How every hash of this kind begins, `$2y$12$`. */
  prefix: string;
  /** Kinds of one family are ordered by `work`. */
  family: string;
  work: number;
}

interface Family {
  /** Matches the prefix, with the family's name and its numbers as groups. */
  pattern: RegExp;
  work(...numbers: string[]): number;
  /** What follows the prefix in a made-up hash. */
  rest(name: string): string;
}

const blocks = (log2 = '', r = '', p = '1') => 2 ** Number(log2) * Number(r) * Number(p);
const base64 = (bytes: number) => 'A'.repeat(Math.ceil((bytes * 4) / 3));
const resultBytes: Record<string, number> = { sha256: 32, sha512: 64 };
const pbkdf2Rest = (name: string) => `${base64(12)}$${base64(resultBytes[/sha\d+/.exec(name)?.[0] ?? ''] ?? 20)}`;

const families: readonly Family[] = [
  { pattern: /^\$(2)[abxy]\$(\d\d)\$/, work: (cost = '') => 2 ** Number(cost), rest: () => '.'.repeat(53) },
  {
    pattern: /^\$([PH])\$([./0-9A-Za-z])/,
    work: (log2 = '') => 2 ** PHPASS_ALPHABET.indexOf(log2),
    rest: () => '.'.repeat(30),
  },
  { pattern: /^(pbkdf2_sha\d+)\$(\d+)\$/, work: Number, rest: pbkdf2Rest },
  { pattern: /^\$(pbkdf2(?:-sha\d+)?)\$(?:i=)?(\d+)(?:,l=\d+)?\$/, work: Number, rest: pbkdf2Rest },
  {
    pattern: /^\$(scrypt)\$ln=(\d+),r=(\d+),p=(\d+)\$/,
    work: blocks,
    rest: () => `${base64(16)}$${base64(32)}`,
  },
  {
    pattern: /^\$(firebase-scrypt)\$ln=(\d+),r=(\d+)\$/,
    work: blocks,
    rest: () => `${base64(9)}$${base64(3)}$${base64(64)}$${base64(64)}`,
  },
  {
    pattern: /^\$(argon2(?:id|i|d))\$(?:v=\d+\$)?m=(\d+),t=(\d+),p=(?:\d+)\$/,
    work: (memory = '', passes = '') => Number(memory) * Number(passes),
    rest: () => `${base64(16)}$${base64(32)}`,
  },
];

/** The kind of an imported hash; undefined for digests such as MD5, which cost nothing, and for what is no hash. */
export function hashKind(stored: string): HashKind | undefined {
  for (const { pattern, work } of families) {
    const match = pattern.exec(stored);
    if (!match) continue;
    const [prefix, family = '', ...numbers] = match;
    return { prefix, family, work: work(...numbers) };
  }
  return undefined;
}

/** A hash of a kind that belongs to no password, to measure what verifying it takes. */
export function sampleOf({ prefix, family }: HashKind): string {
  const found = families.find(({ pattern }) => pattern.test(prefix));
  return prefix + (found?.rest(family) ?? '');
}
