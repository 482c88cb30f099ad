import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatOf } from './csv-format.ts';
import { highestNumber } from './highest-number.ts';

const folder = mkdtempSync(join(tmpdir(), 'clientele-numbers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const csv = { delimiter: ',', enclosure: '"', escape: '"', hasHeader: true, encoding: undefined };
const file = join(folder, 'numbers.csv');
/** More than is read at once, so that lines go over the edge of blocks. */
const many = Array.from({ length: 30_000 }, (_, at) => `DE--${at + 1},x${at}`).join('\n');

test.for<[content: string | Buffer, column: number, highest: number, options?: Partial<typeof csv>]>([
  ['a,b\nDE--7,DE--90\nDE--12,1\n', 0, 12],
  ['a,b\nDE--7,DE--90\nDE--12,1', 1, 90],
  ['a,b\r\nDE--7,x\r\nDE--12,1\r\n', 0, 12],
  ['a,b\rDE--7,x\rDE--12,1', 0, 12],
  ['a,b\n"DE--7","x\n99"\n"DE--""12 ",5\n', 0, 12],
  ['a,b\n"x,99",DE--8\n', 1, 8],
  ['a,b\n"x\\",99",DE--8\n', 1, 8, { escape: '\\' }],
  ['a,b\nDE--8 ,x\nDE 9,x\n12 x,1\n', 0, 9],
  ['a,b\nDE--1234567890123456,x\nDE--5,1', 0, 5],
  ['a,b\nnone,x\n\n,\n', 0, 0],
  ['a;b\nDE--7;x', 0, 7, { delimiter: ';' }],
  ['a||b\nx||DE--7\n', 1, 7, { delimiter: '||' }],
  ["a,b\n'x,99',DE--8\n", 1, 8, { enclosure: "'" }],
  ['a,b\n"x,DE--8\n', 1, 8, { enclosure: '' }],
  [Buffer.from('\uFEFFa,b\nDE--31,x\n', 'utf16le'), 0, 31],
  ['a\n1', 3, 0],
  [`a,b\n${many}`, 0, 30_000],
  [`a,b\n${many}\n"DE--30001","\n"\n${many}`, 0, 30_001],
])('case %#: the highest number at the end of a cell', async ([content, column, highest, options]) => {
  writeFileSync(file, content);

  expect(await highestNumber(file, await formatOf(file, { ...csv, ...options }), column)).toBe(highest);
});
