/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r\n]/;
/** The same behind apostrophes, which say that a cell is text. */
const marked = /^'+[=+\-@\t\r\n]/;

const APOSTROPHE = 39;

/** A cell that a spreadsheet shows as it is. `withoutMark` gives the value back. */
export const neutral = (value: string): string => (formula.test(value) || marked.test(value) ? `'${value}` : value);

/** The same for a cell that comes from a file, where an apostrophe before a formula is such a mark already. */
export const neutralCell = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** The value of a cell of a file. */
export const withoutMark = (cell: string): string =>
  cell.charCodeAt(0) === APOSTROPHE && marked.test(cell) ? cell.slice(1) : cell;
