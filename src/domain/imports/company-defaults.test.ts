import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';
import { anonymizeCustomer, customerByReference } from '../customers/index.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

const companies = (...keys: string[]) =>
  load('company', 'key,name,is_active,status', ...keys.map((key) => `${key},Loom,true,approved`));
const customers = (...references: string[]) =>
  load('customer', 'customer_reference,email', ...references.map((one) => `${one},${one}@example.org`));
const units = (...lines: string[]) => load('company-business-unit', 'company_key,business_unit_key,name', ...lines);
const roles = (...lines: string[]) =>
  load('company-role', 'company_role_key,company_role_name,company_key,is_default', ...lines);
const users = (...lines: string[]) =>
  load('company-user', 'company_user_key,customer_reference,company_key,is_default', ...lines);
const behalf = (...lines: string[]) =>
  load('company-user-on-behalf', 'customer_reference,company_key,business_unit_key,default', ...lines);
const unitUsers = (...lines: string[]) =>
  load('company-business-unit-user', 'company_user_key,business_unit_key', ...lines);

let series = 0;
/** A company with two units, and a customer: the beginning of its keys, and the customer's reference. */
async function company() {
  const p = `k${(series += 1)}`;
  await companies(p);
  await customers(`${p}--1`);
  await units(`${p},${p}u,HQ`, `${p},${p}v,Sales`);
  return { p, customer: `${p}--1` };
}

const keys = async (text: string, value: string) => (await world.sql(text, [value])).map(({ key }) => key);
const defaultRoles = (company: string) =>
  keys(
    'select r.key from company_role r join company c on c.id = r.company_id where c.key = $1 and is_default',
    company,
  );
/** Keys of the default company users of a customer; those who have none by their unit. */
const defaultUsers = (reference: string) =>
  keys(
    `select coalesce(u.key, b.key) as key from company_user u join customer c on c.id = u.customer_id
    left join company_business_unit b on b.id = u.unit_id where c.reference = $1 and u.is_default`,
    reference,
  );

test('of two default roles of a company the last is, and again nothing changes', async () => {
  const { p } = await company();
  const file = [`${p}a,Admin,${p},true`, `${p}b,Buyer,${p},true`, `${p}c,Approver,${p},`];

  expect(await roles(...file)).toMatchObject({ created: 3, rejections: [] });
  expect(await defaultRoles(p)).toEqual([`${p}b`]);
  expect(await roles(...file)).toMatchObject({ updated: 0, unchanged: 3 });
});

test('a new default role takes the place of the one before; one that is default no more leaves none', async () => {
  const { p } = await company();
  await roles(`${p}a,Admin,${p},true`);
  await roles(`${p}b,Buyer,${p},true`);
  expect(await defaultRoles(p)).toEqual([`${p}b`]);

  expect(await roles(`${p}b,Buyer,${p},false`)).toMatchObject({ updated: 1 });
  expect(await defaultRoles(p)).toEqual([]);
});

test('each company has a default role of its own', async () => {
  const [{ p }, { p: q }] = [await company(), await company()];
  await roles(`${p}a,Admin,${p},true`, `${q}a,Admin,${q},true`);

  expect([await defaultRoles(p), await defaultRoles(q)]).toEqual([[`${p}a`], [`${q}a`]]);
});

test('of two default company users of a customer the last is, and again nothing changes', async () => {
  const [{ p, customer }, { p: q }] = [await company(), await company()];
  const file = [`${p}x,${customer},${p},true`, `${q}x,${customer},${q},true`];

  expect(await users(...file)).toMatchObject({ created: 2, rejections: [] });
  expect(await defaultUsers(customer)).toEqual([`${q}x`]);
  expect(await users(...file)).toMatchObject({ updated: 0, unchanged: 2 });
});

test('of two defaults on behalf the last is, before a default company user, and again nothing changes', async () => {
  const { p, customer } = await company();
  await users(`${p}x,${customer},${p},true`);
  const file = [`${customer},${p},${p}u,1`, `${customer},${p},${p}v,1`];

  expect(await behalf(...file)).toMatchObject({ created: 2, rejections: [] });
  expect(await defaultUsers(customer)).toEqual([`${p}v`]);
  expect(await behalf(...file)).toMatchObject({ updated: 0, unchanged: 2 });
});

test('a company user in the unit already is the one on behalf', async () => {
  const { p, customer } = await company();
  await users(`${p}x,${customer},${p},`);
  await unitUsers(`${p}x,${p}u`);

  expect(await behalf(`${customer},${p},${p}u,0`)).toMatchObject({ created: 0, unchanged: 1, rejections: [] });
  expect(await behalf(`${customer},${p},${p}u,1`)).toMatchObject({ updated: 1 });
  expect(await defaultUsers(customer)).toEqual([`${p}x`]);
});

test('a company user moves to another unit, but not to one their customer is in already', async () => {
  const { p, customer } = await company();
  await users(`${p}x,${customer},${p},`, `${p}y,${customer},${p},`);

  expect(await unitUsers(`${p}x,${p}u`, `${p}y,${p}u`)).toMatchObject({
    updated: 1,
    rejections: ['3 business_unit_key already has the customer'],
  });
  expect(await unitUsers(`${p}x,${p}v`)).toMatchObject({ updated: 1, rejections: [] });
  expect(await unitUsers(`${p}y,${p}v`)).toMatchObject({
    updated: 0,
    rejections: ['2 business_unit_key already has the customer'],
  });
});

test('a customer who was anonymized works for nobody', async () => {
  const { p, customer } = await company();
  const { id } = (await customerByReference(world.app.db, customer)) ?? { id: '' };
  await anonymizeCustomer(world.app, id);

  expect((await users(`${p}x,${customer},${p},true`)).rejections).toEqual(['2 customer_reference names no customer']);
  expect((await behalf(`${customer},${p},${p}u,1`)).rejections).toEqual(['2 customer_reference names no customer']);
});

test('a refused row takes no default from anybody', async () => {
  const [{ p, customer }, { p: q, customer: other }] = [await company(), await company()];
  await roles(`${p}a,Admin,${p},true`, `${q}a,Admin,${q},`);
  await users(`${p}x,${customer},${p},true`, `${q}x,${other},${q},`);

  expect((await roles(`${q}a,Boss,${p},true`)).rejections).toHaveLength(1);
  expect((await users(`${p}y,${customer},nowhere,true`)).rejections).toHaveLength(1);
  expect((await users(`${q}x,${customer},${q},true`)).rejections).toHaveLength(1);
  expect((await behalf(`${customer},${p},nowhere,1`)).rejections).toHaveLength(1);

  expect(await defaultRoles(p)).toEqual([`${p}a`]);
  expect(await defaultUsers(customer)).toEqual([`${p}x`]);
});

test('a refused row takes no default from a good one of the same file', async () => {
  const { p, customer } = await company();
  const { p: q } = await company();
  await roles(`${q}a,Admin,${q},`);

  await roles(`${p}a,Admin,${p},true`, `${q}a,Boss,${p},true`);
  await users(`${p}x,${customer},${p},true`, `${p}y,${customer},nowhere,true`);

  expect([await defaultRoles(p), await defaultUsers(customer)]).toEqual([[`${p}a`], [`${p}x`]]);
});

const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

test('what a role may is a JSON object, or nothing', async () => {
  const { p } = await company();
  await roles(`${p}a,Admin,${p},`);
  const objects = [
    '{}',
    '{"cent_amount": 100}',
    '{"store_multi_currency":{"DE":{"EUR":100000}}}',
    String.raw`{"a":"\\u0000"}`,
    deep(60),
  ];
  const others = [
    '{"cent_amount": 100',
    'null',
    '[1]',
    '"text"',
    '100',
    String.raw`{"a":"\u0000"}`,
    String.raw`{"\u0000":1}`,
    String.raw`{"a":"\ud800"}`,
    deep(64),
    deep(50_000),
  ];
  const line = (text: string, at: number) => `${p}a,${String.fromCodePoint(65 + at)},"${text.replaceAll('"', '""')}"`;
  const file = ['company_role_key,permission_key,configuration', ...['', ...objects, ...others].map(line)] as const;

  const { rejections } = await load('company-role-permission', ...file);

  const stored = await world.sql(
    `select configuration from company_role_permission p join company_role r on r.id = p.role_id where r.key = $1 order by permission`,
    [`${p}a`],
  );
  expect(stored.map(({ configuration }) => configuration)).toEqual([null, ...objects.map((text) => JSON.parse(text))]);
  expect(rejections).toEqual(others.map((_, at) => `${at + 8} configuration is no JSON object`));
  expect(await load('company-role-permission', ...file)).toMatchObject({ unchanged: 6, rejected: others.length });
});
