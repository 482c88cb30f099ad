import { expect, test } from 'vitest';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX, member, parseJson } from './json.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const wide = (members: number) => `{${Array.from({ length: members }, (_, at) => `"a${at}":1`).join(',')}}`;

test.for([
  ['a text', '"x"', 'x'],
  ['brackets and commas within a text', JSON.stringify('[,'.repeat(100_000)), '[,'.repeat(100_000)],
  ['a quote within a text', '["a\\"[[[", "\\\\"]', ['a"[[[', '\\']],
  ['an own __proto__', '{"__proto__":1}', JSON.parse('{"__proto__":1}')],
  ['no JSON', '{', undefined],
] as const)('%s is read', ([, text, value]) => {
  expect(parseJson(text)).toEqual(value);
});

test('what is nested as deep as allowed is read, and a level more is not', () => {
  expect(parseJson(nested(JSON_DEPTH_MAX))).toBeInstanceOf(Array);
  expect(parseJson(nested(JSON_DEPTH_MAX + 1))).toBeUndefined();
  expect(parseJson(nested(100_000))).toBeUndefined();
});

test('as many members as allowed are read, and a million are not', () => {
  expect(parseJson(wide(JSON_MEMBERS_MAX))).toBeInstanceOf(Object);
  expect(parseJson(wide(JSON_MEMBERS_MAX + 2))).toBeUndefined();
  expect(parseJson(`[${'0,'.repeat(1_000_000)}0]`)).toBeUndefined();
});

test.for(['__proto__', 'constructor', 'toString'])('%s is no member unless it was sent', (name) => {
  expect(member({}, name)).toBeUndefined();
  expect(member(JSON.parse(`{"${name}":7}`), name)).toBe(7);
});
