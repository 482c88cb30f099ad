import { expect, test } from 'vitest';
import { FORM_FIELDS_MAX, parseForm } from './form.ts';

test('of two fields of one name the first counts', () => {
  expect([...parseForm('a=1&b=%C3%A4+x&a=2&c')]).toEqual([
    ['a', '1'],
    ['b', 'ä x'],
    ['c', ''],
  ]);
});

test('as many fields as allowed are read, and one more is too large', () => {
  expect(parseForm('a&'.repeat(FORM_FIELDS_MAX - 1)).size).toBe(1);
  expect(() => parseForm('a&'.repeat(FORM_FIELDS_MAX))).toThrow('http.body-too-large');
});
