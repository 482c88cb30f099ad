import { isDay, isEmail, normalizeEmail } from '../customers/index.ts';
import { isCountry } from '../addresses/index.ts';
import { hasExactNumbers, isStorableJson } from '../../platform/database/json.ts';
import { isUuid } from '../../platform/id.ts';
import { isLonger } from '../../platform/text.ts';
import { flagOf } from './importer.ts';
import { isNoValue } from '../../platform/import/no-value.ts';

/** What a cell may say: its type in the staging table, and its text as that type reads it. Empty cells are null. */
export interface Cell {
  type: string;
  /** The value, or what is wrong with it. */
  read(text: string): string | { problem: string };
  /** Whether a text other than the empty one says that there is no value. */
  isNone?(text: string): boolean;
}

const cell = (type: string, read: Cell['read'], isNone?: Cell['isNone']): Cell => ({
  type,
  read,
  ...(isNone && { isNone }),
});

export const text = (max: number): Cell =>
  cell('text', (text) => (isLonger(text, max) ? { problem: `is longer than ${max} characters` } : text));

export const oneOf = (...options: readonly string[]): Cell =>
  cell('text', (text) => (options.includes(text) ? text : { problem: `is none of ${options.join(', ')}` }));

/** The same, where what databases write for "unknown" is no value. */
export const knownOneOf = (...options: readonly string[]): Cell => ({
  ...oneOf(...options),
  isNone: (text) => !options.includes(text) && isNoValue(text),
});

export const email: Cell = cell('text', (text) =>
  text.length <= 255 && isEmail(text) ? normalizeEmail(text) : { problem: 'is no e-mail address' },
);

/** Empty is false; see `flagOf`. */
export const flag: Cell = cell('boolean', (text) => {
  const value = flagOf(text);
  return value === undefined ? { problem: 'is neither true nor false' } : String(value);
});

export const integer: Cell = cell('bigint', (text) =>
  /^-?\d{1,15}$/.test(text) ? text : { problem: 'is no whole number' },
);

export const positive: Cell = cell('integer', (text) =>
  /^[1-9]\d{0,8}$/.test(text) ? text : { problem: 'is no whole number above 0' },
);

export const percent: Cell = cell('numeric', (text) =>
  /^\d{1,3}(?:\.\d{1,4})?$/.test(text) && Number(text) <= 100 ? text : { problem: 'is no percentage such as 19.00' },
);

export const country: Cell = cell('text', (text) =>
  /^[a-z]{2}$/i.test(text) && isCountry(text.toUpperCase())
    ? text.toUpperCase()
    : { problem: 'is no country, as ISO 3166 has them: DE' },
);

export const currency: Cell = cell('text', (text) =>
  /^[A-Z]{3}$/.test(text) ? text : { problem: 'is no currency, as ISO 4217 has them: EUR' },
);

const timeOfDay = /^(?:[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)?)?$/;

/** A day, or a moment; in UTC where it does not say otherwise. */
export const moment: Cell = cell(
  'timestamptz',
  (text) =>
    isDay(text.slice(0, 10)) &&
    Number(text.slice(0, 4)) >= 1900 &&
    text < '9999-12-31' &&
    timeOfDay.test(text.slice(10))
      ? text
      : { problem: 'is no date such as 2024-01-31 or 2024-01-31 12:30:00' },
  isNoValue,
);

export const uuid: Cell = cell('uuid', (text) => (isUuid(text) ? text.toLowerCase() : { problem: 'is no UUID' }));

/** A JSON object. */
export const object: Cell = cell('jsonb', (text) => {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && isStorableJson(value) && hasExactNumbers(value)
      ? JSON.stringify(value)
      : { problem: 'is no JSON object' };
  } catch {
    return { problem: 'is no JSON object' };
  }
});
