/** A member of `data.attributes` that the contract does not validate: empty unless it is text. NUL can stand in no column. */
export function textOf(given: object, name: string): string {
  const value: unknown = Object.hasOwn(given, name) ? new Map(Object.entries(given)).get(name) : undefined;
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : '';
}
