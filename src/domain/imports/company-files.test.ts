import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';
import { importerOf } from './index.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

const columns: Record<string, string> = {
  customer: 'customer_reference,email',
  company: 'key,name,is_active,status',
  'company-unit-address':
    'address_key,company_key,country_iso2_code,country_iso3_code,address1,address2,address3,city,zip_code,phone,comment',
  'company-unit-address-label': 'name',
  'company-unit-address-label-relation': 'address_key,label_name',
  'company-business-unit':
    'company_key,business_unit_key,name,email,phone,external_url,iban,bic,parent_business_unit_key',
  'company-business-unit-address': 'business_unit_key,address_key',
  'company-user': 'company_user_key,customer_reference,company_key,is_default',
  'company-business-unit-user': 'company_user_key,business_unit_key',
  'company-role': 'company_role_key,company_role_name,company_key,is_default',
  'company-role-permission': 'company_role_key,permission_key,configuration',
  'company-user-role': 'company_role_key,company_user_key',
  'company-user-on-behalf': 'customer_reference,company_key,business_unit_key,default',
};
const columnsOf = (entity: string) => importerOf(entity).columns.map(({ name }) => name);
const put = (entity: string, ...lines: string[]) => load(entity, columns[entity] ?? '', ...lines);

/** Two companies with everything a company can have; every key begins with `p`. */
const shop = (p: string): [entity: string, ...lines: string[]][] => [
  ['customer', `${p}--1,${p}.1@example.org`, `${p}--2,${p}.2@example.org`],
  ['company', `${p},Spindle & Sons,true,approved`, `${p}2,Loom AG,false,`],
  ['company-unit-address', `${p}a,${p},DE,DEU,Kirncher Str.,7,2. OG,Berlin,10247,030 1,Ring`, `${p}b,${p},no,,,,,,,,`],
  ['company-unit-address-label', `${p} invoice`, `${p} goods`],
  ['company-unit-address-label-relation', `${p}a,${p} invoice`, `${p}a,${p} goods`],
  ['company-business-unit', `${p},${p}hq,HQ,hq@e.org,030,https://e.org,DE1,BIC,`, `${p},${p}s,Sales,,,,,,${p}hq`],
  ['company-business-unit-address', `${p}hq,${p}a`, `${p}s,${p}a`],
  ['company-user', `${p}u,${p}--1,${p},true`, `${p}v,${p}--2,${p},`],
  ['company-business-unit-user', `${p}u,${p}hq`, `${p}v,${p}s`],
  ['company-role', `${p}admin,Admin,${p},true`, `${p}buyer,Buyer,${p},`],
  ['company-role-permission', `${p}admin,SeeCompanyUsersPermissionPlugin,`, `${p}buyer,Place,"{""cent_amount"": 5}"`],
  ['company-user-role', `${p}admin,${p}u`, `${p}buyer,${p}u`],
  ['company-user-on-behalf', `${p}--1,${p},${p}s,0`, `${p}--2,${p},${p}hq,1`],
];

const tables = [
  'company',
  'company_unit_address',
  'company_unit_address_label',
  'company_unit_address_label_relation',
  'company_business_unit',
  'company_business_unit_address',
  'company_role',
  'company_role_permission',
  'company_user',
  'company_user_role',
];
/** Every row of every company. */
async function everything() {
  const rows: unknown[] = [];
  for (const table of tables) rows.push(await world.sql(`select * from ${table} order by ${table}::text`));
  return rows;
}
const one = async (text: string, ...values: unknown[]) => (await world.sql(text, values))[0];
const unitOf = (key: string) =>
  one(
    'select u.*, p.key as parent from company_business_unit u left join company_business_unit p on p.id = u.parent_id where u.key = $1',
    key,
  );

let series = 0;
/** The beginning of keys that no other test has. */
const fresh = () => `k${(series += 1)}-`;

test('each of the twelve files goes in, and again changes nothing', async () => {
  const p = fresh();
  for (const [entity, ...lines] of shop(p)) {
    const expected = entity === 'company-business-unit-user' ? { created: 0, updated: 2 } : { created: 2, updated: 0 };
    expect([entity, await put(entity, ...lines)]).toMatchObject([
      entity,
      { rows: 2, ...expected, unchanged: 0, rejected: 0, rejections: [] },
    ]);
  }
  const before = await everything();

  for (const [entity, ...lines] of shop(p).slice(1))
    expect([entity, await put(entity, ...lines)]).toMatchObject([entity, { unchanged: 2, rejected: 0 }]);
  expect(await everything()).toEqual(before);
});

test('every cell is kept, and an empty one of a unit or an address is an empty text', async () => {
  const p = fresh();
  for (const [entity, ...lines] of shop(p)) await put(entity, ...lines);

  expect(await one('select * from company where key = $1', p)).toMatchObject({ status: 'approved', is_active: true });
  expect(await one('select * from company where key = $1', `${p}2`)).toMatchObject({
    status: 'pending',
    is_active: false,
  });
  expect(await one('select * from company_unit_address where key = $1', `${p}a`)).toMatchObject({
    country: 'DE',
    address1: 'Kirncher Str.',
    address2: '7',
    address3: '2. OG',
    city: 'Berlin',
    zip_code: '10247',
    phone: '030 1',
    comment: 'Ring',
  });
  expect(await one('select * from company_unit_address where key = $1', `${p}b`)).toMatchObject({
    country: 'NO',
    address1: '',
    zip_code: '',
  });
  expect(await unitOf(`${p}hq`)).toMatchObject({
    email: 'hq@e.org',
    external_url: 'https://e.org',
    iban: 'DE1',
    bic: 'BIC',
  });
  expect(await unitOf(`${p}s`)).toMatchObject({ email: '', phone: '', parent: `${p}hq` });
});

test('a uuid of the file is kept as the identifier; an empty cell gets a new one', async () => {
  const p = fresh();
  const identified = new Set(Object.keys(columns).filter((entity) => columnsOf(entity).includes('uuid')));
  const uuids: Record<string, string> = {};
  const files: [entity: string, ...lines: string[]][] = [];
  for (const [entity, first = '', second = ''] of shop(p)) {
    uuids[entity] = randomUUID();
    const lines = identified.has(entity)
      ? [`${columns[entity]},uuid`, `${first},${uuids[entity].toUpperCase()}`, `${second},`]
      : [columns[entity] ?? '', first, second];
    expect([entity, await load(entity, ...lines)]).toMatchObject([entity, { rejections: [] }]);
    files.push([entity, ...lines]);
  }
  expect(identified.size).toBe(7);
  for (const [entity, ...lines] of files.filter(([entity]) => identified.has(entity)))
    expect([entity, await load(entity, ...lines)]).toMatchObject([entity, { unchanged: 2, rejections: [] }]);

  const idOf = async (table: string, key: string) => (await one(`select id from ${table} where key = $1`, key))?.['id'];
  expect(await idOf('company', p)).toBe(uuids['company']);
  expect(await idOf('company_unit_address', `${p}a`)).toBe(uuids['company-unit-address']);
  expect(await idOf('company_business_unit', `${p}hq`)).toBe(uuids['company-business-unit']);
  expect(await idOf('company_user', `${p}u`)).toBe(uuids['company-user']);
  expect(await idOf('company_role', `${p}admin`)).toBe(uuids['company-role']);
  expect(await one('select key from company_user where id = $1', uuids['company-user-on-behalf'])).toEqual({
    key: null,
  });
  expect(await idOf('company', `${p}2`)).toMatch(/^[0-9a-f-]{36}$/);
});

test('true is what people write for it; false, the word, is false', async () => {
  const p = fresh();
  const [yes, no] = [
    ['true', '1', 'yes', 'TRUE'],
    ['false', 'FALSE', '0', 'no', ''],
  ] as const;
  const flags = [...yes, ...no];
  await put('customer', ...flags.map((_, at) => `${p}--${at},${p}.${at}@example.org`));
  await put('company', ...flags.map((flag, at) => `${p}${at},Loom,${flag},approved`));
  await put('company-role', ...flags.map((flag, at) => `${p}${at},Admin,${p}${at},${flag}`));
  await put('company-user', ...flags.map((flag, at) => `${p}${at},${p}--${at},${p}${at},${flag}`));

  for (const column of ['company.is_active', 'company_role.is_default', 'company_user.is_default']) {
    const [table = '', name = ''] = column.split('.');
    const rows = await world.sql(`select ${name} as flag from ${table} where key like $1 order by key`, [`${p}%`]);
    expect([column, ...rows.map(({ flag }) => flag)]).toEqual([column, ...yes.map(() => true), ...no.map(() => false)]);
  }
});

test('columns that a file does not have stay as they are', async () => {
  const p = fresh();
  for (const [entity, ...lines] of shop(p)) await put(entity, ...lines);
  const before = await everything();

  await load('company', 'key,name', `${p},Spindle & Sons`);
  await load('company-business-unit', 'company_key,business_unit_key,name', `${p},${p}s,Sales`);
  await load('company-role', 'company_role_key,company_role_name,company_key', `${p}admin,Admin,${p}`);
  await load('company-role-permission', 'company_role_key,permission_key', `${p}buyer,Place`);
  await load('company-unit-address', 'address_key,company_key,country_iso2_code', `${p}a,${p},DE`);
  await load('company-user-on-behalf', 'customer_reference,company_key,business_unit_key', `${p}--2,${p},${p}hq`);

  expect(await everything()).toEqual(before);
});
