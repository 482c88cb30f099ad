import leven from 'leven';

/** Most letters that may differ between what was typed and what was meant. */
const MOST_DIFFERENCES = 3;

/** ` Did you mean customer:lock?` with its blank in front, or '' where nothing known is close. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  // Of a word of two letters another one is not close; two that are swapped in a word of four count as two differences.
  const share = typed.length < 4 ? Math.floor(typed.length / 3) : Math.ceil(typed.length / 3);
  const most = Math.min(MOST_DIFFERENCES, share);
  let nearest: { word: string; differences: number } | undefined;
  for (const word of known) {
    const differences = leven(typed.toLowerCase(), word.toLowerCase(), { maxDistance: most + 1 });
    if (differences <= most && differences < (nearest?.differences ?? Infinity)) nearest = { word, differences };
  }
  return nearest ? ` Did you mean ${nearest.word}?` : '';
}
