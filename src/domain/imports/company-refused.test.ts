import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

// Two companies, each with a customer, an address, a unit, a role and a company user.
beforeAll(async () => {
  await load('customer', 'customer_reference,email', ...[1, 2, 3, 4].map((n) => `C--${n},c.${n}@example.org`));
  await load('company', 'key,name,is_active,status', 'A,Loom,true,approved', 'B,Spindle,true,approved');
  await load('company-unit-address', 'address_key,company_key,country_iso2_code', 'A-address,A,DE', 'B-address,B,AT');
  await load('company-unit-address-label', 'name', 'goods');
  await load(
    'company-business-unit',
    'company_key,business_unit_key,name',
    'A,A-unit,HQ',
    'B,B-unit,HQ',
    'A,A-two,Two',
  );
  await load('company-role', 'company_role_key,company_role_name,company_key', 'A-role,Admin,A', 'B-role,Admin,B');
  await load('company-user', 'company_user_key,customer_reference,company_key', 'A-user,C--1,A', 'B-user,C--2,B');
  await load('company-business-unit-user', 'company_user_key,business_unit_key', 'A-user,A-unit');
});

const [address, unit, user] = [
  'address_key,company_key,country_iso2_code',
  'company_key,business_unit_key,name,parent_business_unit_key',
  'company_user_key,customer_reference,company_key,is_default',
];
const role = 'company_role_key,company_role_name,company_key,is_default';
const behalf = 'customer_reference,company_key,business_unit_key,default';

test.for<[entity: string, problem: string, bad: string, good: string, header: string]>([
  ['company', 'key is empty', ',No,approved', 'ok,Ok,pending', 'key,name,status'],
  ['company', 'name is empty', 'no,,approved', 'ok,Ok,pending', 'key,name,status'],
  ['company', 'status is none of pending, approved, denied', 'no,No,Approved', 'ok,Ok,pending', 'key,name,status'],
  ['company', 'is_active is neither true nor false', 'no,No,perhaps', 'ok,Ok,', 'key,name,is_active'],
  ['company', 'name is longer than 255 characters', `no,${'x'.repeat(256)}`, 'ok,Ok', 'key,name'],
  ['company', 'uuid is no UUID', 'no,No,12345', 'ok,Ok,', 'key,name,uuid'],
  ['company-unit-address', 'company_key names no company', 'no,nowhere,DE', 'ok,A,DE', address],
  ['company-unit-address', 'country_iso2_code is no country, as ISO 3166 has them: DE', 'no,A,XX', 'ok,A,DE', address],
  ['company-unit-address', 'country_iso2_code is empty', 'no,A,', 'ok,A,DE', address],
  [
    'company-unit-address',
    'zip_code is longer than 15 characters',
    `no,A,DE,${'1'.repeat(16)}`,
    'ok,A,DE,1',
    `${address},zip_code`,
  ],
  ['company-unit-address', 'address_key is the key of another company', 'B-address,A,DE', 'ok,A,DE', address],
  ['company-unit-address-label', 'name is empty', ',', 'ok,', 'name,x'],
  [
    'company-unit-address-label-relation',
    'address_key names no address',
    'no,goods',
    'A-address,goods',
    'address_key,label_name',
  ],
  [
    'company-unit-address-label-relation',
    'label_name names no label',
    'A-address,no',
    'A-address,goods',
    'address_key,label_name',
  ],
  ['company-business-unit', 'company_key names no company', 'nowhere,no,No,', 'A,ok,Ok,', unit],
  ['company-business-unit', 'business_unit_key is the key of another company', 'A,B-unit,No,', 'A,ok,Ok,', unit],
  [
    'company-business-unit-address',
    'business_unit_key names no business unit',
    'no,A-address',
    'A-unit,A-address',
    'business_unit_key,address_key',
  ],
  [
    'company-business-unit-address',
    'address_key names no address',
    'A-unit,no',
    'A-unit,A-address',
    'business_unit_key,address_key',
  ],
  [
    'company-business-unit-address',
    'address_key is an address of another company',
    'A-unit,B-address',
    'A-unit,A-address',
    'business_unit_key,address_key',
  ],
  ['company-user', 'company_key names no company', 'no,C--3,nowhere,', 'ok,C--3,A,', user],
  ['company-user', 'customer_reference names no customer', 'no,C--999,A,', 'ok,C--3,A,', user],
  ['company-user', 'customer_reference is empty', 'no,,A,', 'ok,C--3,A,', user],
  ['company-user', 'company_user_key is the key of another company', 'B-user,C--2,A,', 'ok,C--3,A,', user],
  [
    'company-user',
    'customer_reference is not the customer who has the key already',
    'A-user,C--2,A,',
    'ok,C--3,A,',
    user,
  ],
  [
    'company-business-unit-user',
    'company_user_key names no company user',
    'no,A-two',
    'A-user,A-unit',
    'company_user_key,business_unit_key',
  ],
  [
    'company-business-unit-user',
    'business_unit_key names no business unit',
    'A-user,no',
    'B-user,B-unit',
    'company_user_key,business_unit_key',
  ],
  [
    'company-business-unit-user',
    'business_unit_key is a unit of another company',
    'A-user,B-unit',
    'B-user,B-unit',
    'company_user_key,business_unit_key',
  ],
  ['company-role', 'company_key names no company', 'no,No,nowhere,', 'ok,Ok,A,', role],
  ['company-role', 'company_role_key is the key of another company', 'B-role,No,A,', 'ok,Ok,A,', role],
  [
    'company-role-permission',
    'company_role_key names no role',
    'no,See',
    'A-role,See',
    'company_role_key,permission_key',
  ],
  [
    'company-user-role',
    'company_role_key names no role',
    'no,A-user',
    'A-role,A-user',
    'company_role_key,company_user_key',
  ],
  [
    'company-user-role',
    'company_user_key names no company user',
    'A-role,no',
    'A-role,A-user',
    'company_role_key,company_user_key',
  ],
  [
    'company-user-role',
    'company_role_key is a role of another company',
    'B-role,A-user',
    'A-role,A-user',
    'company_role_key,company_user_key',
  ],
  ['company-user-on-behalf', 'customer_reference names no customer', 'C--999,B,B-unit,', 'C--4,B,B-unit,', behalf],
  ['company-user-on-behalf', 'company_key names no company', 'C--4,nowhere,A-unit,', 'C--4,B,B-unit,', behalf],
  ['company-user-on-behalf', 'business_unit_key names no business unit', 'C--4,B,no,', 'C--4,B,B-unit,', behalf],
  [
    'company-user-on-behalf',
    'business_unit_key is a unit of another company',
    'C--4,B,A-unit,',
    'C--4,B,B-unit,',
    behalf,
  ],
])('%s: %s, and the row after it goes in', async ([entity, problem, bad, good, header]) => {
  const { rows, created, updated, unchanged, rejections } = await load(entity, header, bad, good);

  expect(rejections).toEqual([`2 ${problem}`]);
  expect({ rows, imported: created + updated + unchanged }).toEqual({ rows: 2, imported: 1 });
});

test('two strangers for one unit have one problem each', async () => {
  const { rejections } = await load(
    'company-business-unit-user',
    'company_user_key,business_unit_key',
    'stranger,A-unit',
    'alien,A-unit',
    'A-user,nowhere',
  );

  expect(rejections).toEqual([
    '2 company_user_key names no company user',
    '3 company_user_key names no company user',
    '4 business_unit_key names no business unit',
  ]);
});

test.for([
  'company',
  'company-unit-address',
  'company-business-unit',
  'company-user',
  'company-role',
  'company-user-on-behalf',
])('%s: an identifier that another row has is refused, stored or in the same file', async (entity) => {
  const files: Record<string, string[]> = {
    company: ['key,name,uuid', 'D1,One', 'D2,Two'],
    'company-unit-address': [`${address},uuid`, 'D1,A,DE', 'D2,A,DE'],
    'company-business-unit': ['company_key,business_unit_key,name,uuid', 'A,D1,One', 'A,D2,Two'],
    'company-user': ['company_user_key,customer_reference,company_key,uuid', 'D1,C--3,A', 'D2,C--4,A'],
    'company-role': ['company_role_key,company_role_name,company_key,uuid', 'D1,One,A', 'D2,Two,A'],
    'company-user-on-behalf': ['customer_reference,company_key,business_unit_key,uuid', 'C--3,A,A-two', 'C--4,A,A-two'],
  };
  const [header = '', one = '', two = ''] = files[entity] ?? [];
  const uuid = randomUUID();

  expect(await load(entity, header, `${one},${uuid}`, `${two},${uuid.toUpperCase()}`)).toMatchObject({
    created: 1,
    rejections: ['3 uuid is the same as on a line before'],
  });
  expect((await load(entity, header, `${two},${uuid}`)).rejections).toEqual([
    '2 uuid is the identifier of another row',
  ]);
});

test('of rows for the same company the last one that is in order counts, with its identifier', async () => {
  const [one, other] = ['0190a5b2-0000-7000-8000-00000000c0de', '0190a5b2-0000-7000-8000-00000000c0ff'];

  const { created, updated, rejections } = await load(
    'company',
    'key,name,is_active,status,uuid',
    `twice,First,true,approved,${one}`,
    `twice,Second,true,approved,${one}`,
    `third,Third,true,approved,${one}`,
    `fourth,Fourth,true,approved,${other}`,
    `fourth,Fourth again,true,approved,${one}`,
  );

  expect({ created, updated, rejections }).toEqual({
    created: 2,
    updated: 0,
    rejections: ['4 uuid is the same as on a line before', '6 uuid is the same as on a line before'],
  });
  const stored = await world.sql(
    "select key, name, id from company where key in ('twice', 'third', 'fourth') order by key",
  );
  expect(stored).toEqual([
    { key: 'fourth', name: 'Fourth', id: other },
    { key: 'twice', name: 'Second', id: one },
  ]);
});
