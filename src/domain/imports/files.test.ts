import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { type ImportFlags, importFile, useImports } from '../../../test/imports.ts';
import { customerByReference } from '../customers/index.ts';
import { importRefused, readManifest } from './index.ts';

const world = useApp();
// One import that does not end must not fail the tests of all others; below a test of its own sees to it.
afterEach(() =>
  world.sql(
    `select pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = 'clientele import' and datname = current_database()`,
  ),
);

const { folder, load: loadFile } = useImports(world);
const load = (content: string | Buffer, options?: ImportFlags) => loadFile('customer', content, options);

let series = 0;
/** References that no other test has. */
function fresh() {
  series += 1;
  return (n: number) => `F${series}--${n}`;
}
const mail = (reference: string) => `${reference}@example.org`;

/** Rows of reference, address and name. */
const file = (reference: (n: number) => string, names: readonly string[], eol = '\n') =>
  [
    'customer_reference,email,first_name',
    ...names.map((name, at) => `${reference(at + 1)},${mail(reference(at + 1))},${name}`),
    '',
  ].join(eol);

const firstName = async (reference: string) => (await customerByReference(world.app.db, reference))?.firstName;

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.for([
  ['UTF-8', (text: string) => Buffer.from(text)],
  ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16, little end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16, big end first', (text: string) => swapped(`\uFEFF${text}`)],
] as const)('%s is read', async ([, encode]) => {
  const reference = fresh();
  const { created, unknown } = await load(encode(file(reference, ['Þórunn', '李 𝔍'])));

  expect({ created, unknown }).toEqual({ created: 2, unknown: [] });
  expect(await firstName(reference(1))).toBe('Þórunn');
  expect(await firstName(reference(2))).toBe('李 𝔍');
});

test('a name in Latin-1 is rejected rather than garbled, the rest is read', async () => {
  const reference = fresh();
  const { created, rejections } = await load(Buffer.from(file(reference, ['Zoë', 'Ida']), 'latin1'));

  expect(created).toBe(1);
  expect(rejections).toEqual(['2 first_name has the byte EB, which is no UTF-8 there: try --encoding=windows-1252']);
});

test.for([
  ['\\n', '\n'],
  ['\\r\\n', '\r\n'],
  ['\\r', '\r'],
])('lines that end in %s', async ([, eol = '']) => {
  const reference = fresh();

  expect(await load(file(reference, ['Ida', 'Noor'], eol))).toMatchObject({ created: 2, rejected: 0 });
  expect(await firstName(reference(2))).toBe('Noor');
});

test('line ends may be mixed', async () => {
  const reference = fresh();
  const row = (n: number) => `${reference(n)},${mail(reference(n))},Ida`;
  const content = `customer_reference,email,first_name\r\n${row(1)}\n${row(2)}\r\n${row(3)}`;

  expect(await load(content)).toMatchObject({ rows: 3, created: 3 });
  expect(await firstName(reference(1))).toBe('Ida');
});

test.for([
  ['a ragged row is rejected alone', (row: string) => `${row},x,y\n`, '3  has 5 cells, the header has 3'],
  ['a row that is too short is rejected alone', () => `F--1\n`, '3  has 1 cells, the header has 3'],
] as const)('%s', async ([, bad, rejection]) => {
  const reference = fresh();
  const [head = '', one = '', two = ''] = file(reference, ['Ida', 'Noor']).split('\n');
  const { created, rejections } = await load(
    `${head}\n${one}\n${bad(`${reference(3)},${mail(reference(3))},Zoe`)}${two}\n`,
  );

  expect(created).toBe(2);
  expect(rejections).toEqual([rejection]);
});

test.for([
  ['lines end in \\n', '\n'],
  ['lines end in \\r\\n', '\r\n'],
])(
  'a rejection names the line of the file where %s, after line breaks in cells and empty lines',
  async ([, eol = '']) => {
    const reference = fresh();
    const lines = [
      'customer_reference,email,first_name',
      `${reference(1)},${mail(reference(1))},"two`,
      'lines"',
      '',
      `${reference(2)},nobody,x`,
      `${reference(3)},nobody,x`,
    ];
    const { rejections } = await load(lines.join(eol));

    expect(rejections).toEqual(['5 email is no e-mail address', '6 email is no e-mail address']);
  },
);

test('columns may stand in any order; those that mean nothing are named and passed over', async () => {
  const reference = fresh();
  const { created, unknown } = await load(
    `shoe_size,first_name,email,customer_reference\n42,Ida,${mail(reference(1))},${reference(1)}\n`,
  );

  expect({ created, unknown }).toEqual({ created: 1, unknown: ['shoe_size'] });
});

test.for([
  ['an empty file', '', /is empty/],
  ['a file of a byte order mark', '\uFEFF', /no rows/],
  ['a file of empty lines', '\n\n\r\n', /no rows/],
  ['a file that misses columns', 'customer_reference,first_name\nDE--1,Ida\n', /column email is missing/],
  ['a file of other columns', 'key,name\n1,x\n', /columns customer_reference, email are missing/],
  ['a file with another delimiter', 'customer_reference~email\nDE--1~a@b.org\n', /Another delimiter\?/],
  ['a file that names a column twice', 'customer_reference,email,email\nDE--1,a@b.org,b@b.org\n', /email stands twice/],
  ['a spreadsheet', Buffer.from('PK\x03\x04\x14\x00\x06\x00'), /no CSV file/],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /no CSV file/],
  ['a web page', '<!doctype html>\n<title>Sign in</title>\n', /is missing|are missing/],
] as const)('%s is refused in words', async ([, content, reason]) => {
  const failure = await load(content).catch((error: unknown) => error);

  expect(importRefused.is(failure) && failure.details.reason).toMatch(reason);
});

test('a quote that is never closed is refused with its line, rows before it may stay', async () => {
  const reference = fresh();
  const failure = await load(`${file(reference, ['Ida'])}${reference(2)},"${mail(reference(2))},Noor\n`).catch(
    (error: unknown) => error,
  );

  expect(importRefused.is(failure) && failure.details.reason).toMatch(
    /line 3: an enclosure is opened and never closed/,
  );
});

test.for([
  ['an empty file', ''],
  ['a file of other columns', 'key,name\n1,x\n'],
  ['a file that is cut off', 'customer_reference,email\nDE--1,"a@b.org\n'],
])('%s that was refused leaves no connection and no lock behind', async ([, content = '']) => {
  const reference = fresh();
  await expect(load(content)).rejects.toThrow('imports.refused');

  expect(await load(file(reference, ['Ida']))).toMatchObject({ created: 1 });
});

test('a folder, or a file that is not there, is refused in words', async () => {
  for (const path of [folder, join(folder, 'nowhere.csv')]) {
    const failure = await importFile(world, 'customer', path).catch((error: unknown) => error);
    expect(importRefused.is(failure) && failure.details.reason).toBe(`There is no file ${path}.`);
  }
});

test('a header alone is a file of no customers', async () => {
  expect(await load('customer_reference,email\n')).toMatchObject({ rows: 0, created: 0, rejected: 0 });
});

test('offset and limit choose data rows', async () => {
  const reference = fresh();
  const { rows, created } = await load(file(reference, ['A', 'B', 'C', 'D']), { offset: 1, limit: 2 });

  expect({ rows, created }).toEqual({ rows: 2, created: 2 });
  expect(await Promise.all([1, 2, 3, 4].map((n) => firstName(reference(n))))).toEqual([undefined, 'B', 'C', undefined]);
});

test('without a header the first row is data, in the order of the documented columns', async () => {
  const reference = fresh();

  expect(await load(`${reference(1)},${mail(reference(1))}\n`, { hasHeader: false })).toMatchObject({ created: 1 });
});

const manifest = (text: string) => {
  const path = join(folder, 'import.yml');
  writeFileSync(path, text);
  return path;
};
const refusal = async (promise: Promise<unknown>) => {
  const failure = await promise.catch((error: unknown) => error);
  return importRefused.is(failure) ? failure.details.reason : failure;
};
const action = (entity: string, source = 'customer.csv') => `  - data_entity: ${entity}\n    source: ${source}\n`;

test.for([
  ['that is not there', undefined, /cannot be read/],
  ['that is no YAML', 'actions: [', /is no YAML/],
  ['without actions', 'version: 0\n', /is not in order/],
  ['that is empty', '', /is not in order/],
  ['with an unknown entity', `actions:\n${action('customer')}${action('customr')}`, /"customr" was not found/],
] as const)('a manifest %s is refused in words', async ([, text, reason]) => {
  const path = text === undefined ? join(folder, 'nowhere.yml') : manifest(text);

  expect(await refusal(readManifest(path))).toMatch(reason);
});

test('actions run in the order of the manifest, an entity as often as it stands there', async () => {
  const path = manifest(`version: 0\nactions:\n${action('customer', 'b.csv')}${action('customer', 'a.csv')}`);

  expect((await readManifest(path)).actions.map(({ file }) => file)).toEqual([
    join(folder, 'b.csv'),
    join(folder, 'a.csv'),
  ]);
});

test('asked for customers, a manifest of a whole shop gives its customers', async () => {
  const path = manifest(`version: 0\nactions:\n${action('glossary')}${action('customer')}${action('company')}`);

  expect((await readManifest(path, { entity: 'customer' })).actions.map(({ importer }) => importer.entity)).toEqual([
    'customer',
  ]);
});
