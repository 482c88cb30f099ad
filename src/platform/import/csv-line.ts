export interface CsvFormat {
  delimiter: string;
  /** '' where cells have nothing around them. */
  enclosure: string;
}

/** Commas and double quotes, as RFC 4180 has them. */
const rfc4180: CsvFormat = { delimiter: ',', enclosure: '"' };

/** A line of a CSV file with its line feed; cells are enclosed where they must be. */
export function csvLine(cells: readonly string[], { delimiter, enclosure }: CsvFormat = rfc4180): string {
  const special = (cell: string) => /[\r\n]/.test(cell) || cell.includes(delimiter) || cell.includes(enclosure);
  const quoted = cells.map((cell) =>
    enclosure && special(cell) ? enclosure + cell.replaceAll(enclosure, enclosure + enclosure) + enclosure : cell,
  );
  return `${quoted.join(delimiter)}\n`;
}
