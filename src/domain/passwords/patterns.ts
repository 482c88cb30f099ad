import { folded, withoutRepeats } from './spellings.ts';

/** Keys by rows, and what Shift types with them, on keyboards that many use: English, German, French, Russian. */
const keyboards = [
  { rows: ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'], shifted: '!@#$%^&*()_+' },
  { rows: ['1234567890', 'qwertzuiop', 'asdfghjkl', 'yxcvbnm,.-'], shifted: '!"§$%&/()=' },
  { rows: ['1234567890', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'], shifted: '' },
  { rows: ['1234567890-=', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю.'], shifted: '!"№;%:?*()_+' },
].map(({ rows, shifted }) => {
  const places = new Map<string, { row: number; column: number }>();
  for (const [row, keys] of rows.entries())
    for (const [column, key] of [...keys].entries()) places.set(folded(key), { row, column });
  for (const [column, symbol] of [...shifted].entries()) places.set(symbol, { row: 0, column });
  return places;
});
type Keyboard = (typeof keyboards)[number];

/** Whether two keys are the same or touch each other. */
function touches(keyboard: Keyboard, first: string, second: string): boolean {
  const [a, b] = [keyboard.get(first), keyboard.get(second)];
  if (!a || !b) return false;
  const [rows, columns] = [b.row - a.row, b.column - a.column];
  if (rows === 0) return Math.abs(columns) <= 1;
  return Math.abs(rows) === 1 && (columns === 0 || columns === -rows);
}

/** By how much a character follows the one before it in the alphabet or in counting; NaN elsewhere. */
const stepBetween = (first: string, second: string): number =>
  /^(?:\d\d|[a-z]{2})$/.test(first + second) ? second.charCodeAt(0) - first.charCodeAt(0) : Number.NaN;

/** Shorter walks occur in words: w-e-r, r-e-d. */
const WALK = 4;
const SEQUENCE = 3;

/** How many characters from here on are one walk over the keyboard or one sequence; 1 where neither begins. */
function patternAt(text: string, at: number, keyboard: Keyboard): number {
  let walk = at + 1;
  while (walk < text.length && touches(keyboard, text.charAt(walk - 1), text.charAt(walk))) walk += 1;
  const step = stepBetween(text.charAt(at), text.charAt(at + 1));
  let sequence = at + 1;
  while (Math.abs(step) <= 1 && stepBetween(text.charAt(sequence - 1), text.charAt(sequence)) === step) sequence += 1;
  return Math.max(1, walk - at >= WALK ? walk - at : 1, sequence - at >= SEQUENCE ? sequence - at : 1);
}

/** Choices a password is made of: a walk over the keyboard, a sequence or a repetition counts as one. */
export function choicesIn(password: string): number {
  const text = withoutRepeats(folded(password));
  return Math.min(
    ...keyboards.map((keyboard) => {
      let choices = 0;
      for (let at = 0; at < text.length; at += patternAt(text, at, keyboard)) choices += 1;
      return choices;
    }),
  );
}
