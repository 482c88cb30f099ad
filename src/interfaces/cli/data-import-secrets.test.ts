import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useConsole } from '../../../test/console.ts';
import { customerByReference } from '../../domain/customers/index.ts';

const world = useApp();
const run = useConsole(world);
const folder = mkdtempSync(join(tmpdir(), 'clientele-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = '$2y$10$BfK63PmaH/mYpHNfVjCIIuDwnMM.q2ZyjzUAjZTXPmAEiXPoqsXdy';
const CANARY = /BfK63|canary/i;
const row = (reference: string, more = '') => `${reference},${reference}.canary@example.org,Canary,${SECRET}${more}`;

let count = 0;
function written(content: string, ending = 'csv'): string {
  count += 1;
  const path = join(folder, `${count}.${ending}`);
  writeFileSync(path, content);
  return path;
}

test.for<[what: string, content: string, ...options: string[]]>([
  ['without a header', `${row('SA--1')}\n${row('SA--2')}\n`],
  ['without a header, in another order', `${row('SA--1')}\n`, '--has-header=false'],
  [
    'with another delimiter',
    `customer_reference;email;first_name;password\n${row('SA--1').replaceAll(',', ';')}\n`,
    '--delimiter=,',
  ],
  ['with a quote that is never closed', `customer_reference,email,first_name,password\n"${row('SA--1')}\n`],
  [
    'with columns that are no names',
    `customer_reference,email,Canary ${SECRET},${SECRET},5f4dcc3b5aa765d61d8327deb882cf99\n`,
  ],
  ['with a row that is too long', `customer_reference,email,first_name,password\n${row('SA--1', ',canary,canary')}\n`],
  ['with bytes that are no text', `customer_reference,email,first_name,password\n${row('SA--1')}\0\n`],
])('an error about a file %s prints nothing of its rows', async ([, content, ...options]) => {
  const { text } = await run('data:import', ['customer', '-f', written(content), ...options]);

  expect(text).not.toMatch(CANARY);
});

test('a file without a header is told what it lacks, and that there may be no header', async () => {
  const { text, status } = await run('data:import', ['customer', '-f', written(`${row('SB--1')}\n`)]);

  expect(text).toContain(
    'the columns customer_reference, email are missing. Another delimiter? See --delimiter. Another encoding? See --encoding. No header? See --has-header.',
  );
  expect(status).toBe(1);
});

test.for<[what: string, text: string]>([
  ['a file of customers', `${row('SC--1')}\n${row('SC--2')}\n`],
  ['a broken list', `actions:\n  - { data_entity: "${SECRET}, source: canary.csv }\n`],
  ['an entity that is none', `actions:\n  - { data_entity: "canary ${SECRET}", source: x.csv }\n`],
  ['a source that is none', `actions:\n  - { data_entity: customer, source: { canary: "${SECRET}" } }\n`],
  ['a key of its own', `actions:\n  - { canary: "${SECRET}" }\n`],
  [
    'aliases',
    `a: &a [canary, canary]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nactions: [*c, *c, *c]\n`,
  ],
  ['aliases of themselves', `actions: &a [*a]\n`],
  ['lists in lists', `actions: ${'['.repeat(20_000)}\n`],
  ['a tag of a programming language', `actions: !!js/function "canary"\n`],
  ['bytes', '\0\u0001canary'],
])('a manifest with %s is refused in one sentence without its text', async ([, text]) => {
  const answer = await run('data:import', [`--config=${written(text, 'yml')}`]);

  expect(answer.status).toBe(1);
  expect(answer.text).not.toMatch(CANARY);
  expect(answer.text.split('\n')).toHaveLength(1);
});

test.for([
  ['a folder', folder],
  ['a device', '/dev/zero'],
  ['nothing', join(folder, 'nothing')],
])('%s is neither a manifest nor a file of customers', async ([, path = '']) => {
  for (const args of [[`--config=${path}`], ['customer', '-f', path]]) {
    const { status, text } = await run('data:import', args);

    expect(status).toBe(1);
    expect(text).toMatch(/cannot be read|There is no file/);
  }
});

test('a manifest that is too large is refused', async () => {
  const { text } = await run('data:import', [`--config=${written(`# ${'x'.repeat(1_000_000)}`, 'yml')}`]);

  expect(text).toContain('larger than a megabyte');
});

test.for([
  ['a way up', '../outside.csv'],
  ['another folder', '/etc/passwd'],
  ['a way up to nothing', '../../nothing.csv'],
  ['a link', 'link.csv'],
])('a manifest that names a file elsewhere by %s is refused', async ([, source = '']) => {
  const inner = join(folder, `inner ${source.length}`);
  mkdirSync(inner);
  const outside = written('customer_reference,email\nSD--1,sd1@example.org\n');
  symlinkSync(outside, join(folder, 'outside.csv'));
  symlinkSync(outside, join(inner, 'link.csv'));
  const manifest = join(inner, 'import.yml');
  writeFileSync(manifest, `actions:\n  - { data_entity: customer, source: ${source} }\n`);

  const { status, text } = await run('data:import', [`--config=${manifest}`]);
  rmSync(join(folder, 'outside.csv'));

  expect(status).toBe(1);
  expect(text).toContain('Action 1 of the manifest');
  expect(text).toContain('outside its folder and the working folder');
  expect(await customerByReference(world.app.db, 'SD--1')).toBeUndefined();
});

const formulas = ['=1+1', '+49 30 1', '-5', '@SUM(A1)', '\t=1', "'=kept", "''-kept"];

test.for(formulas)(
  'a rejected cell %j is text to a spreadsheet, and what it was when the rows are fed again',
  async (cell) => {
    const reference = `SE--${formulas.indexOf(cell) + 1}`;
    const file = written(`customer_reference,email,first_name,phone\n${reference},nobody,Ida,"${cell}"\n`);
    const rejects = join(folder, `rejects ${reference}.csv`);
    // Rejected twice, as mending rows takes a few attempts.
    await run('data:import', ['customer', '-f', file, `--rejects=${rejects}`]);
    const again = written(readFileSync(rejects, 'utf8'));
    await run('data:import', ['customer', '-f', again, `--rejects=${rejects}`]);

    expect(readFileSync(rejects, 'utf8').split('\n')[1]).toMatch(/^[^,]*,nobody,Ida,"?'/);
    await run('data:import', [
      'customer',
      '-f',
      written(readFileSync(rejects, 'utf8').replace('nobody', `${reference}@example.org`)),
    ]);
    const meant = cell.startsWith("'") ? cell.slice(1) : cell.trim();
    expect(await customerByReference(world.app.db, reference)).toMatchObject({ phone: meant });
  },
);

test('rejected rows are written as they were where that is asked for', async () => {
  const content = 'customer_reference,email,phone\nSF--1,nobody,+49 30 1\n';
  const rejects = join(folder, 'raw.csv');
  await run('data:import', ['customer', '-f', written(content), `--rejects=${rejects}`, '--raw-rejects']);

  expect(readFileSync(rejects, 'utf8')).toBe(content);
});

test('rejects and report are for their owner only, and never the file that is read', async () => {
  const file = written('customer_reference,email\nSG--1,nobody\n');
  const [rejects, report] = [join(folder, 'mine.csv'), join(folder, 'report.csv')];
  await run('data:import', ['customer', '-f', file, `--rejects=${rejects}`, `--report=${report}`]);

  expect([rejects, report].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);

  const { status, text } = await run('data:import', ['customer', '-f', file, `--rejects=${file}`]);
  expect([status, text.includes('read and written at once')]).toEqual([1, true]);
  expect(readFileSync(file, 'utf8')).toContain('SG--1');
});

test('a rejects file that cannot be written ends the import in a sentence', async () => {
  const file = written('customer_reference,email\nSH--1,nobody\n');

  const { status, text } = await run('data:import', ['customer', '-f', file, `--rejects=${folder}`]);

  expect(status).toBe(1);
  expect(text).toContain('cannot be written: EISDIR');
});

test('what the database refuses is named by its rule, not by its data', async () => {
  // No file can have such a row; the rule stands for any that a later version adds.
  await world.sql(`alter table customer add constraint no_canaries check (first_name <> 'Canary')`);
  const { status, text } = await run('data:import', [
    'customer',
    '-f',
    written(`customer_reference,email,first_name,password\n${row('SI--1')}\n`),
  ]);
  await world.sql('alter table customer drop constraint no_canaries');

  expect(status).toBe(1);
  expect(text).toContain('The database refuses something on the lines 2 to 2: constraint no_canaries, SQLSTATE 23514');
  expect(text).not.toMatch(CANARY);
});
