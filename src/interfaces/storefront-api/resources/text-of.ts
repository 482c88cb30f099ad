import { member } from '../../../platform/json.ts';

/** A member of `data.attributes` that the contract does not validate: empty unless it is text. NUL can stand in no column. */
export function textOf(given: object, name: string): string {
  const value = member(given, name);
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : '';
}
