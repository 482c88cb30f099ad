import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { customerByReference } from '../../domain/customers/index.ts';
import { useConsole } from '../../../test/console.ts';

const world = useApp();
const folder = mkdtempSync(join(tmpdir(), 'clientele-console-'));
afterAll(() => rmSync(folder, { recursive: true }));
// One import that does not end must not fail the tests of all others.
afterEach(() =>
  world.sql(
    `select pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = 'clientele import' and datname = current_database()`,
  ),
);

const run = useConsole(world);

let count = 0;
/** Writes a file into the folder of the test; its path. */
function written(content: string, ending = 'csv') {
  count += 1;
  const path = join(folder, `${count}.${ending}`);
  writeFileSync(path, content);
  return path;
}
const table = (rows: readonly (readonly string[])[], delimiter = ',') =>
  rows.map((cells) => `${cells.join(delimiter)}\n`).join('');
const header = ['customer_reference', 'email', 'first_name'];
const good = (reference: string) => [reference, `${reference}@example.org`, 'Ida'];
const bad = (reference: string) => [reference, 'nobody', 'Ida'];
const manifest = (...sources: string[]) =>
  written(`actions:\n${sources.map((source) => `  - { data_entity: customer, source: ${source} }\n`).join('')}`, 'yml');

test('the report counts rows, names each problem by line and column, and the exit status tells', async () => {
  const file = written(table([header, good('AA--1'), bad('AA--2')]));

  const { status, text } = await run('data:import', ['customer', `--file-name=${file}`]);

  expect(status).toBe(1);
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'Importer type: customer',
      `Importer source: ${file}`,
      'line 3: email is no e-mail address',
      'Importable DataSets: 2',
      'Imported DataSets: 1 (1 created, 0 updated, 0 unchanged)',
      'Rejected DataSets: 1',
      'Import status: Failed',
      'Overall Import status: Failed',
    ]),
  );
});

test('where every row is in, the exit status is 0, and `data:import:customer` is the same command', async () => {
  const file = written(table([header, good('AB--1')]));

  const { status, text } = await run('data:import:customer', ['-f', file]);

  expect(status).toBe(0);
  expect(text).toMatch(/Overall Import status: Successful$/);
});

test('a dry run says that nothing was changed', async () => {
  const { status, text } = await run('data:import', [
    'customer',
    '--dry-run',
    '-f',
    written(table([header, good('AC--1')])),
  ]);

  expect(status).toBe(0);
  expect(text).toContain('1 created');
  expect(text).toContain('dry run: nothing was changed');
  expect(await customerByReference(world.app.db, 'AC--1')).toBeUndefined();
});

test('twenty problems are printed, the report file has all', async () => {
  const file = written(table([header, ...Array.from({ length: 30 }, (_, n) => bad(`AD--${n}`))]));
  const report = join(folder, 'report.csv');

  const { text } = await run('data:import', ['customer', '-f', file, `--report=${report}`]);

  expect(text.match(/^line \d+:/gm)).toHaveLength(20);
  expect(text).toContain(`10 problems more, all in ${report}`);
  const lines = readFileSync(report, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(31);
  expect(lines.slice(0, 2)).toEqual(['line,column,problem', '2,email,is no e-mail address']);
});

test.for([
  ['as they are', ',', '"', []],
  ['with semicolons', ';', '"', ['--delimiter=;']],
  ['with tabs', '\t', '"', ['--delimiter=\\t']],
  ['with another enclosure', ',', "'", ["--enclosure='"]],
  ['with backslashes before quotes', ',', '"', ['--escape=\\']],
] as const)('rejected rows %s are mended and fed again', async ([what, delimiter, enclosure, options]) => {
  const reference = `R${count}--1`;
  const name = `Ida, ${enclosure === '"' ? "O'Noor" : 'Noor'};\n\tz`;
  const file = written(
    table([header, good(`R${count}--2`), [reference, 'nobody', `${enclosure}${name}${enclosure}`]], delimiter),
  );
  const rejects = join(folder, `rejects ${what}.csv`);
  expect((await run('data:import', ['customer', '-f', file, `--rejects=${rejects}`, ...options])).status).toBe(1);

  const mended = written(readFileSync(rejects, 'utf8').replace('nobody', `${reference}@example.org`));
  const { status, text } = await run('data:import', ['customer', '-f', mended, ...options]);

  expect(text).toContain('Imported DataSets: 1 (1 created');
  expect(status).toBe(0);
  expect(await customerByReference(world.app.db, reference)).toMatchObject({ firstName: name });
});

test('rejected rows of an export without a header are mended and fed again', async () => {
  const file = written(table([good('AE--1').slice(0, 2), ['AE--2', 'nobody']]));
  const rejects = join(folder, 'rejects without a header.csv');
  await run('data:import', ['customer', '-f', file, '--has-header=false', `--rejects=${rejects}`]);
  const mended = written(readFileSync(rejects, 'utf8').replace('nobody', 'ae2@example.org'));

  expect((await run('data:import', ['customer', '-f', mended, '--has-header=false'])).status).toBe(0);
});

test('a ragged row is in the rejects file as it was', async () => {
  const file = written(`${table([header, good('AF--1')])}AF--2,af2@example.org,Ida,more\n`);
  const rejects = join(folder, 'ragged.csv');
  await run('data:import', ['customer', '-f', file, `--rejects=${rejects}`]);

  expect(readFileSync(rejects, 'utf8')).toBe(`${header.join(',')}\nAF--2,af2@example.org,Ida,more\n`);
});

test('where nothing is rejected there is no rejects file', async () => {
  const rejects = join(folder, 'none.csv');
  await run('data:import', ['customer', '-f', written(table([header, good('AG--1')])), `--rejects=${rejects}`]);

  expect(existsSync(rejects)).toBe(false);
});

test('rejected rows of two files of a manifest are both kept', async () => {
  const config = manifest(written(table([header, bad('AH--1')])), written(table([header, bad('AH--2')])));
  const rejects = join(folder, 'both.csv');
  await run('data:import', [`--config=${config}`, `--rejects=${rejects}`]);

  expect(readFileSync(rejects, 'utf8')).toContain('AH--1');
  expect(readFileSync(rejects, 'utf8')).toContain('AH--2');
});

test('a run that goes on keeps the rejected rows of its beginning', async () => {
  const file = written(table([header, good('AI--1'), bad('AI--2'), good('AI--3'), bad('AI--4')]));
  const rejects = join(folder, 'resumed.csv');
  expect((await run('data:import', ['customer', '-f', file, '-t', `--rejects=${rejects}`])).status).toBe(1);
  const { text } = await run('data:import', ['customer', '-f', file, `--rejects=${rejects}`]);

  expect(text).toContain('going on after line 3');
  expect(readFileSync(rejects, 'utf8')).toBe(table([header, bad('AI--2'), bad('AI--4')]));
});

test('a file of a manifest that cannot be read fails, the others go in', async () => {
  const config = manifest(written(''), written(table([header, good('AJ--1')])));

  const { status, text } = await run('data:import', [`--config=${config}`]);

  expect(status).toBe(1);
  expect(text).toContain('is empty');
  expect(await customerByReference(world.app.db, 'AJ--1')).toBeDefined();
});

test('one row that the database cannot take ends in a sentence, not in a trace', async () => {
  const file = written(
    table([
      [...header, 'created_at'],
      [...good('AK--1'), '2024-01-31T12:00:00+99:99'],
    ]),
  );

  expect((await run('data:import', ['customer', '-f', file])).status).toBe(1);
});

test('an unknown entity fails and says which there are', async () => {
  for (const args of [
    ['customr', '-f', written('x')],
    ['customr'],
    ['-c', written('actions: [{data_entity: x, source: y}]', 'yml')],
  ]) {
    const { status, text } = await run('data:import', [...args]);
    expect(status).toBe(1);
    expect(text).toMatch(/Requested import type "\w+" was not found\. There is: customer, customer-address, company, /);
  }
});

test('an action of a manifest without a source takes the default file of its entity', async () => {
  writeFileSync(join(folder, 'customer.csv'), table([header, good('AL--1')]));

  const { status, text } = await run('data:import', ['-c', written('actions: [{ data_entity: customer }]', 'yml')]);

  expect(status).toBe(0);
  expect(text).toContain(`Importer source: ${join(folder, 'customer.csv')}`);
  expect(await customerByReference(world.app.db, 'AL--1')).toBeDefined();
});

const wholeShop = (customers: string) =>
  written(
    `actions:\n${['glossary', 'product-abstract', 'customer', 'glossary']
      .map((entity) => `  - { data_entity: ${entity}, source: ${customers} }\n`)
      .join('')}`,
    'yml',
  );

test('entities of a manifest that are not ours are all named, with the option that passes over them', async () => {
  const { status, text } = await run('data:import', ['-c', wholeShop(written(table([header, good('AM--1')])))]);

  expect(status).toBe(1);
  expect(text).toMatch(/Requested import types "glossary", "product-abstract" were not found.*--skip-unknown/);
  expect(await customerByReference(world.app.db, 'AM--1')).toBeUndefined();
});

test('--skip-unknown imports what is ours and names the rest in the summary', async () => {
  const config = wholeShop(written(table([header, good('AN--1')])));

  const { status, text } = await run('data:import', ['-c', config, '--skip-unknown']);

  expect(status).toBe(0);
  expect(text).toContain('Passed over, as it is not imported here: glossary, product-abstract');
  expect(await customerByReference(world.app.db, 'AN--1')).toBeDefined();
});

test('a manifest of nothing that is ours fails even with --skip-unknown', async () => {
  const config = written('actions: [{ data_entity: glossary }]', 'yml');

  const { status, text } = await run('data:import', ['-c', config, '--skip-unknown']);

  expect(status).toBe(1);
  expect(text).toContain('has no action for anything that can be imported here');
});

test.for([
  [['--offset=x'], /whole numbers/],
  [['--limit=-1'], /whole numbers|argument is ambiguous/],
  [['--delimiter='], /delimiter is one character/],
  [['--enclosure=ab'], /enclosure one or none/],
  [['--group=SOME'], /group is FULL/],
  [['--group=QUEUE_READERS'], /cannot be combined/],
  [['--nonsense'], /There is no option --nonsense/],
] as const)('data:import customer %s is a wrong call', async ([args, reason]) => {
  const { status, text } = await run('data:import', ['customer', ...args]);

  expect(status).toBe(2);
  expect(text).toMatch(reason);
});

test('a file without an entity is a wrong call', async () => {
  const { status, text } = await run('data:import', ['--file-name=customer.csv']);

  expect(status).toBe(2);
  expect(text).toMatch(/Which entity/);
});

test('data:import:dump lists the columns, those without which a file is refused are marked', async () => {
  const { status, text } = await run('data:import:dump');

  expect(status).toBe(0);
  expect(text).toContain('    email (required): ');
  expect(text).toContain('    date_of_birth: ');
});
