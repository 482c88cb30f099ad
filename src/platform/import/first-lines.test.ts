import { expect, test } from 'vitest';
import { firstLines, LINE_MAX } from './first-lines.ts';

test('each of a hundred thousand texts is found on its line, and no other', () => {
  const lines = firstLines();
  const found = (prefix: string) =>
    Array.from({ length: 100_000 }, (_, at) => lines.lineOf(`${prefix}--${at}`)).filter((line) => line !== undefined);
  for (let at = 0; at < 100_000; at += 1) lines.note(`DE--${at}`, at + 2);

  expect(found('AT')).toEqual([]);
  expect(found('DE')).toEqual(Array.from({ length: 100_000 }, (_, at) => at + 2));
});

test('lines beyond the last that can be kept are still known to be there', () => {
  const lines = firstLines();
  lines.note('DE--1', LINE_MAX + 5);

  expect(lines.lineOf('DE--1')).toBe(LINE_MAX);
  expect(lines.lineOf('DE--2')).toBeUndefined();
});
