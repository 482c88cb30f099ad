/** Words of examples and templates, without case, separators and digits that stand for letters. */
const placeholders =
  /changeme|changeit|changethis|secret|passw[o0]rd|passphrase|placeholder|example|yourkey|yourapp|replace|insert|default|production|development|clientele|opensslrand|supersafe|topsafe|loremipsum|undefined|foobar/;

/** Letters that are written as digits or symbols in words such as `ch4ng3m3`. */
const lookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Key material of 80 bits is out of reach of guessing offline; a generated secret has 128 and more. */
const LEAST_BITS = 80;

/**
 * Returns why a secret must not protect a shop, or undefined if it may. The text never repeats any of the secret.
 *
 * The estimate counts only characters that the ones before do not foretell, and prose as prose: it is meant for keys that
 * a generator made, which pass by far.
 */
export function weaknessOf(secret: string): string | undefined {
  const plain = secret.toLowerCase();
  const spelled = plain.replace(/[013457@$!]/g, (sign) => lookalikes[sign] ?? '');
  if ([plain, spelled].some((text) => placeholders.test(text.replace(/[^a-z]/g, ''))))
    return 'is a placeholder or contains a word from one';
  if (estimateBits(secret) < LEAST_BITS) return 'is too easy to guess (repeated, in sequence, or only words)';
  return undefined;
}

function estimateBits(secret: string): number {
  const characters = [...secret];
  const plain = characters.map((character) => character.toLowerCase());
  const prose = positionsInProse(secret);
  let bits = 0;
  for (const [at, character] of characters.entries()) {
    if (isForetold(plain, at)) continue;
    bits += prose.has(at) ? PROSE_BITS : bitsOf(character);
  }
  return bits;
}

/** Shannon, "Prediction and Entropy of Printed English" (1951): 0.6 to 1.3 bits a letter, up to 2.3 within short texts. */
const PROSE_BITS = 2;

/** Letters of one case in a row that are read as part of a word. */
const WORD = /[a-z]{4,}|[A-Z]{4,}|[A-Z][a-z]{2,}/g;

/** Least share of vowels by which letters are read as words: English and German have nearly 40 %, chance has 19 %. */
const VOWELS = 0.3;

function positionsInProse(secret: string): ReadonlySet<number> {
  const positions = new Set<number>();
  const letters = secret.match(/[a-z]/gi) ?? [];
  if ((secret.match(/[aeiou]/gi) ?? []).length < VOWELS * letters.length) return positions;
  for (const { index, 0: word } of secret.matchAll(WORD))
    for (let at = index; at < index + word.length; at++) positions.add(at);
  return positions;
}

/** Bits of one random character of its kind. */
const bitsOf = (character: string): number => (/\d/.test(character) ? 3.3 : /[a-z]/i.test(character) ? 4.7 : 5);

/** Longest distance at which characters are looked at as a sequence: `a1b2c3d4` counts two at once. */
const LONGEST_STEP = 4;

/** Keys in the order in which fingers walk over them. */
const keyboards = [
  'qwertyuiopasdfghjklzxcvbnm1234567890',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujmikolp',
];
const walks = [...keyboards, ...keyboards.map((keys) => [...keys].toReversed().join(''))];

/** Whether a character repeats what stood before it, or goes on counting up, down or on the spot. */
function isForetold(characters: readonly string[], at: number): boolean {
  const three = characters.slice(at - 2, at + 1).join('');
  if (three.length === 3 && walks.some((keys) => keys.includes(three))) return true;
  if (at >= 3 && characters.slice(0, at).join('').includes(three)) return true;
  const code = (index: number) => characters[index]?.codePointAt(0) ?? 0;
  for (let step = 1; step <= LONGEST_STEP && at >= 2 * step; step++) {
    const difference = code(at) - code(at - step);
    if (Math.abs(difference) <= 1 && difference === code(at - step) - code(at - 2 * step)) return true;
  }
  return false;
}
