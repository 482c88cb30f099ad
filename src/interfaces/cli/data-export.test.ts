import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { useImports } from '../../../test/imports.ts';
import { addAddress } from '../../domain/addresses/index.ts';
import { anonymizeCustomer, editProfile, lockAccount, registerCustomer } from '../../domain/customers/index.ts';

const world = useApp();
const run = useConsole(world);
const { load } = useImports(world);
const folder = mkdtempSync(join(tmpdir(), 'clientele-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const street = {
  salutation: 'Mr',
  firstName: '=cmd()',
  lastName: 'O"Hara, Jr',
  company: null,
  address1: 'Hauptstraße',
  address2: '1\n2. Stock',
  address3: null,
  zipCode: '10115',
  city: 'Berlin',
  region: null,
  country: 'DE',
  phone: '+49 30 1',
  comment: null,
} as const;

/** A shop with one customer of each kind. */
async function fill() {
  await world.sql('truncate customer cascade');
  const { id } = await activeCustomer(world);
  await editProfile(world.app, id, { firstName: '+1 Ann', lastName: "'=1+1", company: 'Ä; "Öl", GmbH\nBerlin' });
  await addAddress(world.app, id, { ...street });
  await addAddress(world.app, id, { ...street, firstName: 'Bo', isDefaultBilling: true });
  const locked = await activeCustomer(world);
  await lockAccount(world.app, locked.id);
  await registerCustomer(world.app, somebody({ store: 'AT' }));
  const erased = await activeCustomer(world);
  await anonymizeCustomer(world.app, erased.id);
  return { erased };
}

const customers = () =>
  world.sql(
    `select id, reference, email, salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, store,
      newsletter, verified_at, created_at, locked_at, state, password_hash from customer where anonymized_at is null order by id`,
  );
const addresses = () =>
  world.sql(
    `select customer_id, id, salutation, first_name, last_name, company, address1, address2, address3, zip_code, city, region,
      country, phone, comment, is_default_billing, is_default_shipping from customer_address order by customer_id, id`,
  );

test('what is exported can be imported, and gives the same customers and addresses', async () => {
  await fill();
  const before = { customers: await customers(), addresses: await addresses() };
  const file = join(folder, 'customers.csv');
  expect(await run('data:export', ['customer', `--output=${file}`, '--with-passwords'])).toMatchObject({
    status: 0,
    text: `${before.customers.length} rows are in ${file}.`,
  });
  const people = readFileSync(file);
  const places = (await run('data:export', ['customer-address'])).text;
  await world.sql('truncate customer cascade');

  const one = await load('customer', people);
  const two = await load('customer-address', places);

  expect([one.rejections, two.rejections]).toEqual([[], []]);
  expect(one.unknown).toEqual([]);
  expect(await customers()).toEqual(before.customers);
  expect(await addresses()).toEqual(before.addresses);
});

test('no cell of a CSV file is a formula, and JSON lines have the values as they are', async () => {
  await fill();

  const { text } = await run('data:export', ['customer']);
  expect(text).toContain(`,'+1 Ann,`);
  expect(text).not.toMatch(/(^|,)"?[=+@-][^,]/m);

  const { text: lines } = await run('data:export', ['customer', '--format=jsonl']);
  const objects = lines.split('\n').map((line) => JSON.parse(line));
  expect(objects).toContainEqual(expect.objectContaining({ first_name: '+1 Ann', newsletter: false, phone: null }));
});

test('password hashes are exported only when they are asked for, and erased customers never', async () => {
  const { erased } = await fill();
  for (const format of ['csv', 'jsonl']) {
    const { text } = await run('data:export', ['customer', `--format=${format}`]);
    expect(text).not.toMatch(/\$argon2|password/);
    expect(text).not.toContain(erased.reference);
    expect((await run('data:export', ['customer', `--format=${format}`, '--with-passwords'])).text).toMatch(/\$argon2/);
  }
});

test('--store exports the customers of one store and their addresses', async () => {
  await fill();
  const { text } = await run('data:export', ['customer', '--store=AT', '--format=jsonl']);
  expect(text.split('\n').map((line) => JSON.parse(line).store)).toEqual(['AT']);
  expect((await run('data:export', ['customer-address', '--store=AT', '--format=jsonl'])).text).toBe('');
});

test('a file is readable by its owner only, and one that cannot be written is named', async () => {
  await fill();
  const file = join(folder, 'private.csv');
  await run('data:export', ['customer', `--output=${file}`]);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const away = join(folder, 'no', 'such.csv');
  expect(await run('data:export', ['customer', `--output=${away}`])).toMatchObject({
    status: 1,
    text: `${away} cannot be written: ENOENT.`,
  });
});

test('an export that breaks off leaves no file behind', async () => {
  await fill();
  const file = join(folder, 'broken.csv');
  await world.sql(`alter table audit_entry add constraint broken check (action <> 'exports.finished') not valid`);
  onTestFinished(async () => void (await world.sql('alter table audit_entry drop constraint broken')));

  await expect(run('data:export', ['customer', `--output=${file}`])).rejects.toThrow('broken');
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('each export is in the audit log, with what was exported and no value of it', async () => {
  await fill();
  await run('data:export', ['customer', '--with-passwords']);
  const [entry] = await world.sql(
    `select facts from audit_entry where action = 'exports.finished' order by at desc, id desc limit 1`,
  );
  expect(entry).toEqual({
    facts: { entity: 'customer', rows: 3, format: 'csv', passwords: true, store: null },
  });
});

test('a shop of many pages is exported row by row, each once, with progress', async () => {
  await world.sql('truncate customer cascade');
  await world.sql(
    `insert into customer (id, reference, email, email_key, locale, store, created_at, updated_at)
      select gen_random_uuid(), 'DE--' || n, n || '@example.org', n || '@example.org', 'de_DE', 'DE', now(), now()
      from generate_series(1, 4100) n`,
  );
  await world.sql(
    `insert into customer_address (customer_id, id, first_name, last_name, country, created_at, updated_at)
      select id, gen_random_uuid(), 'Ann', 'Lee', 'DE', now(), now() from customer, generate_series(1, 2)`,
  );
  const references = (text: string) =>
    text
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0]);

  const people = await run('data:export', ['customer']);
  const places = await run('data:export', ['customer-address']);

  expect(new Set(references(people.text)).size).toBe(4100);
  expect(references(people.text)).toHaveLength(4100);
  expect(people.progress).toEqual([4100, 2000, 4000, 4100]);
  expect(references(places.text)).toHaveLength(8200);
  expect(new Set(references(places.text)).size).toBe(4100);
});

test.for([
  [[], 'Which entity? There is: customer, customer-address.'],
  [['custmer'], 'Which entity? There is: customer, customer-address. Did you mean customer?'],
  [['customer', '--format=xml'], '--format is csv or jsonl.'],
  [['customer', '--store=AX'], 'There is no store AX.'],
] as const)('data:export %s is a wrong call', async ([args, sentence]) => {
  expect(await run('data:export', args)).toMatchObject({ status: 2, text: sentence });
});
