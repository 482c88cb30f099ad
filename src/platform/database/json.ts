import { JSON_DEPTH_MAX } from '../json.ts';
import { columnName } from './names.ts';

/**
 * Whether PostgreSQL keeps a value as `jsonb`: it takes no NUL and no half of a surrogate pair, which JSON writes as
 * escapes (and a backslash of the text itself as two).
 */
export const isStorableJson = (value: unknown): boolean =>
  isShallow(value, JSON_DEPTH_MAX) && !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value));

const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1)));

/** Whether every number of a value is kept as it was written: finite, and whole ones below 2^53. */
export const hasExactNumbers = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    : typeof value !== 'object' || value === null || Object.values(value).every(hasExactNumbers);

/**
 * Properties under the names of their columns (`firstName` is `first_name`), for a statement that takes them as JSON. Half a
 * surrogate pair becomes U+FFFD, as in a text parameter.
 */
export const columns = (properties: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      columnName(name),
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  );
