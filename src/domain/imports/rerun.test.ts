import { expect, test } from 'vitest';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { useApp } from '../../../test/app.ts';
import { csv, type ImportFlags, useImports } from '../../../test/imports.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { changesOf, entriesAbout } from '../audit/index.ts';
import { changePassword, revokePassword } from '../credentials/index.ts';
import {
  anonymizeCustomer,
  confirmEmailChange,
  customerByReference,
  registerCustomer,
  requestEmailChange,
} from '../customers/index.ts';
import { issueLink, readLink } from '../links/index.ts';
import { signIn } from '../sign-in/index.ts';

const world = useApp();

const { load: loadFile } = useImports(world);
const load = (rows: readonly (readonly string[])[], flags?: ImportFlags) => loadFile('customer', csv(rows), flags);

const OLD = 'Old-Shop-7-Password';
const NEXT = 'Another-Horse-8-Battery';
const hash = bcrypt(OLD, 4);
const columns = ['customer_reference', 'email', 'first_name', 'password', 'registered'];
const row = (reference: string, { email = `${reference}@example.org`, name = 'Ida', password = hash } = {}) => [
  reference,
  email,
  name,
  password,
  '2020-06-24',
];

async function customer(reference: string) {
  const found = await customerByReference(world.app.db, reference);
  if (!found) throw new Error(`${reference} is not there`);
  return found;
}
const logIn = (reference: string, password: string) =>
  customer(reference).then(({ email }) =>
    signIn(world.app, { email, password, door: 'customer', clears: true }, async () => 'in'),
  );
const stored = async (reference: string) =>
  (await world.sql('select * from customer where reference = $1', [reference]))[0];

test('the same file again changes nothing', async () => {
  const file = [columns, row('AG--1'), row('AG--2')];
  await load(file);
  const before = await stored('AG--1');

  expect(await load(file)).toMatchObject({ created: 0, updated: 0, unchanged: 2, rejected: 0 });
  expect(await stored('AG--1')).toEqual(before);
});

test('the same file with plain passwords again changes nothing', async () => {
  const file = [columns, row('PL--1', { password: PASSWORD })];
  const plain = { plainPasswords: true };
  await load(file, plain);
  const before = await stored('PL--1');

  expect(await load(file, plain)).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
  expect(await stored('PL--1')).toEqual(before);
});

test('a plain password is kept as argon2id and logs in', async () => {
  await load([columns, row('PL--2', { password: PASSWORD })], { plainPasswords: true });

  expect((await stored('PL--2'))?.['password_hash']).toMatch(/^\$argon2id\$/);
  expect(await logIn('PL--2', PASSWORD)).toBe('in');
});

test('a row that differs updates what differs, and the audit log says so', async () => {
  await load([columns, row('UP--1'), row('UP--2')]);

  const again = await load([columns, row('UP--1', { name: 'Zoe' }), row('UP--2')]);

  expect(again).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
  const { id } = await customer('UP--1');
  const [entry] = await entriesAbout(world.app.db, id);
  expect(entry).toMatchObject({ action: 'customers.edited', door: 'console', facts: { fields: ['first_name'] } });
  expect(await changesOf(world.app.db, entry?.id ?? '')).toEqual({ firstName: ['Ida', 'Zoe'] });
});

test('an address that its owner changed here stays, and the rest of the row is taken over', async () => {
  await load([columns, row('MV--1'), row('MV--2')]);
  const { id } = await customer('MV--1');
  await requestEmailChange(world.app, id, 'new.home@example.org');
  await confirmEmailChange(world.app, await linkToken(world, 'new.home@example.org'));

  const again = await load([columns, row('MV--1', { name: 'Zoe' }), row('MV--2', { email: 'mv.two@example.org' })]);

  expect(again).toMatchObject({ updated: 2, rejected: 0 });
  expect(await stored('MV--1')).toMatchObject({
    email: 'new.home@example.org',
    email_key: 'new.home@example.org',
    first_name: 'Zoe',
  });
  expect(await stored('MV--2')).toMatchObject({ email: 'mv.two@example.org' });
});

test('an import is an entry in the audit log, with its counts and nothing personal', async () => {
  await load([columns, row('AU--1'), row('AU--2', { email: 'nobody' })]);

  const [entry] = await world.sql(
    `select * from audit_entry where action = 'imports.finished' order by at desc limit 1`,
  );
  expect(entry).toMatchObject({
    actor: 'console',
    facts: { entity: 'customer', rows: 2, created: 1, updated: 0, unchanged: 0, rejected: 1 },
  });
});

test('columns that a file does not have stay as they are', async () => {
  await load([
    [...columns, 'locale_name', 'phone', 'newsletter'],
    [...row('CO--1'), 'en_US', '+49 30 1', 'true'],
  ]);

  await load([
    ['customer_reference', 'email'],
    ['CO--1', 'co.new@example.org'],
  ]);

  expect(await customer('CO--1')).toMatchObject({
    email: 'co.new@example.org',
    firstName: 'Ida',
    locale: 'en_US',
    phone: '+49 30 1',
    newsletter: true,
    state: 'active',
  });
});

test('an empty locale leaves the one that is there', async () => {
  const file = (locale: string) => [
    [...columns, 'locale_name'],
    [...row('LO--1'), locale],
  ];
  await load(file('en_US'));
  await load(file(''));

  expect(await customer('LO--1')).toMatchObject({ locale: 'en_US' });
});

test('an address that leaves an account by import takes its open links with it', async () => {
  await load([columns, row('LI--1')]);
  const token = await issueLink(world.app, 'reset', (await customer('LI--1')).id);

  await load([columns, row('LI--1', { email: 'li.new@example.org' })]);

  await expect(readLink(world.app, 'reset', token)).rejects.toThrow(/^links\./);
});

test('a password nobody has used yet follows the file', async () => {
  await load([columns, row('PW--1')]);
  await load([columns, row('PW--1', { password: bcrypt(NEXT, 4) })]);

  expect(await logIn('PW--1', NEXT)).toBe('in');
});

test('a password that was used here is not overwritten', async () => {
  await load([columns, row('PW--2')]);
  await logIn('PW--2', OLD);

  expect(await load([columns, row('PW--2', { password: bcrypt(NEXT, 4) })])).toMatchObject({ unchanged: 1 });

  expect(await logIn('PW--2', OLD)).toBe('in');
  await expect(logIn('PW--2', NEXT)).rejects.toThrow('sign-in.refused');
});

test('a password that was changed here is not overwritten', async () => {
  await load([columns, row('PW--3')]);
  await changePassword(world.app, { customerId: (await customer('PW--3')).id, current: OLD, next: NEXT });
  await load([columns, row('PW--3')]);

  await expect(logIn('PW--3', OLD)).rejects.toThrow('sign-in.refused');
  expect(await logIn('PW--3', NEXT)).toBe('in');
});

test('a password that was revoked here does not come back with the old file', async () => {
  await load([columns, row('PW--4')]);
  await revokePassword(world.app, (await customer('PW--4')).id);
  await load([columns, row('PW--4')]);

  await expect(logIn('PW--4', OLD)).rejects.toThrow('sign-in.refused');
});

test('a cell without a password removes none', async () => {
  await load([columns, row('PW--5')]);
  await load([columns, row('PW--5', { password: '' })]);

  expect(await logIn('PW--5', OLD)).toBe('in');
});

test('an anonymized customer stays so', async () => {
  await load([columns, row('AN--1')]);
  await anonymizeCustomer(world.app, (await customer('AN--1')).id);
  const before = await stored('AN--1');

  const { rejections } = await load([columns, row('AN--1')]);

  expect(rejections).toEqual(['2 customer_reference was anonymized and stays so']);
  expect(await stored('AN--1')).toEqual(before);
});

test('an address that somebody else has, in any letter case, is rejected', async () => {
  const { reference, email } = await activeCustomer(world);

  const { rejections } = await load([columns, row('DU--1', { email: email.toUpperCase() }), row('DU--2')]);

  expect(rejections).toEqual([`2 email belongs to ${reference}`]);
});

test('of two rows with one address the first counts', async () => {
  const { created, rejections } = await load([
    columns,
    row('DU--3', { email: 'twice@example.org' }),
    row('DU--4', { email: 'Twice@Example.org' }),
  ]);

  expect(created).toBe(1);
  expect(rejections).toEqual(['3 email is the same as on line 2']);
});

test('of two rows with one reference the first counts, the other is named with its line', async () => {
  const { rejections } = await load([
    columns,
    row('DU--5', { name: 'First' }),
    row('DU--5', { name: 'Last', email: 'another@example.org' }),
  ]);

  expect(rejections).toEqual(['3 customer_reference is the same as on line 2']);
  expect(await customer('DU--5')).toMatchObject({ firstName: 'First' });
});

test('a row that another row replaces counts after all when that one is rejected', async () => {
  await load([
    columns,
    row('DU--6', { name: 'First' }),
    row('DU--7', { email: 'taken@example.org' }),
    row('DU--6', { email: 'taken@example.org' }),
  ]);

  expect(await customer('DU--6')).toMatchObject({ firstName: 'First' });
});

test('an identifier that another customer has is rejected', async () => {
  const { id, reference } = await activeCustomer(world);

  const { rejections } = await load([
    [...columns, 'uuid'],
    [...row('ID--1'), id],
  ]);

  expect(rejections).toEqual([`2 uuid belongs to ${reference}`]);
});

test('references that are given out go on after the highest of the file', async () => {
  await load([columns, row('DE--7001'), row('DE--500')]);
  const { reference } = await registerCustomer(world.app, somebody());

  expect(reference).toBe('DE--7002');
});

test('a customer who is here, and a row that is refused, after thousands of new ones', async () => {
  await load([columns, row('DW--5001', { name: 'Before' })]);
  const header = [...columns, 'store'];
  const rows = Array.from({ length: 5004 }, (_, at) => [...row(`DW--${at + 1}`), at === 5002 ? 'XX' : '']);

  const report = await load([header, ...rows]);

  expect(report).toMatchObject({ created: 5002, updated: 1, unchanged: 0, rejected: 1 });
  expect(report.rejections).toEqual(['5004 store is no store']);
  expect(await customer('DW--5001')).toMatchObject({ firstName: 'Ida' });
  expect(await load([header, ...rows])).toMatchObject({ created: 0, updated: 0, unchanged: 5003 });
});

test('an address that is taken by somebody else after thousands of new rows is refused with its row alone', async () => {
  const { email, reference } = await activeCustomer(world);
  const rows = Array.from({ length: 5003 }, (_, at) =>
    row(`DX--${at + 1}`, at === 5001 ? { email: email.toUpperCase() } : {}),
  );

  const { created, rejections } = await load([columns, ...rows]);

  expect({ created, rejections }).toEqual({ created: 5002, rejections: [`5003 email belongs to ${reference}`] });
});
