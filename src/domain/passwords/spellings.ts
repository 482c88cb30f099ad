/** Letters that have no base letter in Unicode, as people replace them. */
const single: Record<string, string> = { ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ı: 'i' };

/** Cyrillic and Greek small letters that look like a Latin one. */
const lookalikes = new Map(
  [...'аеорсухкмтіјѕԁһԛԝӏαορνικτυχ'].map((letter, at) => [letter, 'aeopcyxkmtijsdhqwlaopviktux'.charAt(at)]),
);

/** A text in small letters without accents, letters that look like Latin ones as those. */
export const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßøæœłđı]/g, (letter) => single[letter] ?? letter)
    .replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => lookalikes.get(letter) ?? letter);

const umlauts: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' };

/** The spelling of umlauts with two letters, for names. */
export const withoutUmlauts = (text: string): string =>
  text.toLowerCase().replace(/[äöü]/g, (letter) => umlauts[letter] ?? letter);

const leet: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '(': 'c',
  '3': 'e',
  '€': 'e',
  '6': 'g',
  '9': 'g',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};
const unleet = (text: string, more: Record<string, string> = {}): string =>
  text.replace(/[^\p{L}]/gu, (character) => more[character] ?? leet[character] ?? character);

/** The ways to read a text that writes letters as digits and symbols, itself first. */
export const readings = (text: string): string[] => [
  text,
  unleet(text),
  unleet(text, { '1': 'l', '|': 'l', '!': 'l' }),
];

/**
 * A text in which what is repeated stands once: one character three times and more, several characters twice and more.
 * The work grows with the square of the length, so the text must be short.
 */
export function withoutRepeats(text: string): string {
  let left = '';
  for (let at = 0; at < text.length;) {
    const size = repeatedSize(text, at);
    const block = text.slice(at, at + (size || 1));
    left += block;
    at += block.length;
    if (size) while (text.startsWith(block, at)) at += size;
  }
  return left;
}

/** How long the block is that begins here and follows itself; 0 where none does. */
function repeatedSize(text: string, at: number): number {
  const character = text.charAt(at);
  if (text.startsWith(character.repeat(3), at)) return 1;
  for (let size = 2; at + 2 * size <= text.length; size += 1)
    if (text.startsWith(text.slice(at, at + size), at + size)) return size;
  return 0;
}

/** Characters that are read: the work grows with the square of the length, and no common word is nearly as long. */
const READ_MAX = 64;

/** What may be the one word a password is made of, without digits and symbols around and between its letters. */
export function wordsWithin(password: string): Set<string> {
  const plain = folded(password).slice(0, READ_MAX);
  const words = new Set<string>();
  for (const text of [plain, withoutRepeats(plain)]) {
    const trailing = text.replace(/[^\p{L}]+$/u, '');
    for (const part of [text, trailing, trailing.replace(/^[^\p{L}]+/u, '')]) {
      for (const reading of readings(part)) {
        const letters = reading.replace(/[^\p{L}]/gu, '');
        words
          .add(letters)
          .add(withoutRepeats(letters))
          .add([...letters].toReversed().join(''));
        words.add(reading.replace(/[^\p{L}\p{N}]/gu, ''));
      }
    }
  }
  return words;
}
