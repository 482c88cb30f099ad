import { isBlank } from '../text.ts';

/** What databases, spreadsheets and scripting languages write where a value is not known, in lower case. */
const unknown = new Set(
  [
    'null \\n nil none nan na n/a n.a. #n/a nat unknown undefined unspecified unset empty blank unbekannt k.a. 0 . ? ??'.split(
      ' ',
    ),
    ['- -- --- – — _'.split(' '), 'not specified', 'not known', 'keine angabe', 'k. a.'].flat(),
  ].flat(),
);

/** Days before the calendar, as MySQL, PHP, .NET and Excel write an empty date, with or without a time of day. */
const noDay =
  /^(?:0000-00-00|-0001-11-30|0001-01-01|00\.00\.0000|00\/00\/0000|1899-12-30)(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?$/i;

/** Longest text that can mean "unknown". */
const LONGEST = 40;

/** Also in brackets or quotes: `(null)`, `<NULL>`, `"None"`. */
const enclosed = /^(?:\((.*)\)|<(.*)>|\[(.*)\]|"(.*)"|'(.*)')$/s;

/** Whether a cell of a date, a gender or a salutation says that its value is not known. */
export function isNoValue(text: string): boolean {
  if (text.length > LONGEST) return false;
  const bare = text.toLowerCase();
  const inner =
    enclosed
      .exec(bare)
      ?.slice(1)
      .find((part) => part !== undefined) ?? bare;
  return unknown.has(bare) || unknown.has(inner.trim()) || noDay.test(inner);
}

/** The text of a cell without white space around it; empty if nothing of it can be seen. */
export function cellText(cell: string): string {
  const text = cell.trim();
  return isBlank(text) ? '' : text;
}
