import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { company, companyUser, insert, role, type TestCompany, unit, unitAddress } from '../../../test/companies.ts';
import { newId } from '../../platform/id.ts';

const world = useApp();

interface Tenant extends TestCompany {
  customerId: string;
  userId: string;
}

async function tenant(): Promise<Tenant> {
  const [customer, at] = [await activeCustomer(world), await company(world)];
  return { ...at, customerId: customer.id, userId: await companyUser(world, customer, at) };
}

let own: Tenant;
let other: Tenant;
beforeAll(async () => {
  [own, other] = [await tenant(), await tenant()];
});

const FOREIGN_KEY = '23503';
const UNIQUE = '23505';
const CHECK = '23514';

const newUser = (row: object) =>
  insert(world, 'company_user', { id: newId(), companyId: own.id, createdAt: world.now, ...row });

test.for<[what: string, code: string, statement: () => Promise<unknown>]>([
  [
    'a user in a unit of another company',
    FOREIGN_KEY,
    async () => newUser({ customerId: (await activeCustomer(world)).id, unitId: other.unitId }),
  ],
  [
    'a user moved to a unit of another company',
    FOREIGN_KEY,
    () => world.sql('update company_user set unit_id = $1 where id = $2', [other.unitId, own.userId]),
  ],
  [
    'a user moved to another company with unit and roles left behind',
    FOREIGN_KEY,
    () => world.sql('update company_user set company_id = $1 where id = $2', [other.id, own.userId]),
  ],
  [
    'a user moved to another company and unit with roles left behind',
    FOREIGN_KEY,
    () =>
      world.sql('update company_user set company_id = $1, unit_id = $2 where id = $3', [
        other.id,
        other.unitId,
        own.userId,
      ]),
  ],
  [
    'a role of another company given to a user',
    FOREIGN_KEY,
    () => insert(world, 'company_user_role', { companyId: own.id, userId: own.userId, roleId: other.roleId }),
  ],
  [
    'the same in the name of the other company',
    FOREIGN_KEY,
    () => insert(world, 'company_user_role', { companyId: other.id, userId: own.userId, roleId: other.roleId }),
  ],
  [
    'a role moved to another company while somebody has it',
    FOREIGN_KEY,
    () =>
      world.sql('update company_role set company_id = $1, is_default = false where id = $2', [other.id, own.roleId]),
  ],
  ['a unit below one of another company', FOREIGN_KEY, () => unit(world, own.id, { parentId: other.unitId })],
  [
    'a unit moved below one of another company',
    FOREIGN_KEY,
    () => world.sql('update company_business_unit set parent_id = $1 where id = $2', [other.unitId, own.unitId]),
  ],
  [
    'a unit moved to another company while people and addresses are in it',
    FOREIGN_KEY,
    () => world.sql('update company_business_unit set company_id = $1 where id = $2', [other.id, own.unitId]),
  ],
  [
    'an address of another company for a unit',
    FOREIGN_KEY,
    () => unit(world, own.id, { addresses: [other.addressId] }),
  ],
  [
    'the same in the name of the other company',
    FOREIGN_KEY,
    () =>
      insert(world, 'company_business_unit_address', {
        companyId: other.id,
        unitId: own.unitId,
        addressId: other.addressId,
      }),
  ],
  [
    'an address of another company to bill a unit at',
    FOREIGN_KEY,
    () => unit(world, own.id, { defaultBillingAddressId: other.addressId }),
  ],
  [
    'an address moved to another company while a unit has it',
    FOREIGN_KEY,
    () => world.sql('update company_unit_address set company_id = $1 where id = $2', [other.id, own.addressId]),
  ],
  [
    'a unit below itself',
    CHECK,
    () => world.sql('update company_business_unit set parent_id = id where id = $1', [own.unitId]),
  ],
  ['a customer twice in one unit', UNIQUE, () => newUser({ customerId: own.customerId, unitId: own.unitId })],
  ['two default roles of one company', UNIQUE, () => role(world, own.id, { isDefault: true })],
  [
    'two default company users of one customer, in whatever companies',
    UNIQUE,
    async () => {
      const customer = await activeCustomer(world);
      for (const at of [own, other]) await companyUser(world, customer, at, { isDefault: true });
    },
  ],
  ['a user of a customer who is none', FOREIGN_KEY, () => newUser({ customerId: newId(), unitId: null })],
  ['a company of another status', CHECK, () => company(world, { status: 'gone' as 'denied' })],
])('the database refuses %s', async ([, code, statement]) => {
  await expect(statement()).rejects.toMatchObject({ code });
});

test('a company that goes takes its own and nothing of another with it', async () => {
  const doomed = await tenant();
  const addressId = await unitAddress(world, doomed.id);
  await unit(world, doomed.id, { parentId: doomed.unitId, addresses: [addressId] });
  const kept = async () => {
    const found = [];
    for (const table of ['company_user', 'company_role', 'company_business_unit', 'company_unit_address'])
      found.push({
        table,
        others: await world.sql(`select id from ${table} where company_id <> $1 order by id`, [doomed.id]),
        own: await world.sql(`select id from ${table} where company_id = $1`, [doomed.id]),
      });
    return found;
  };
  const before = await kept();

  await world.sql('delete from company where id = $1', [doomed.id]);

  expect(await kept()).toEqual(before.map((one) => ({ ...one, own: [] })));
  expect(await world.sql('select 1 from customer where id = $1', [doomed.customerId])).toHaveLength(1);
});

test('a unit that goes leaves its users and its child units without one', async () => {
  const at = await tenant();
  const child = await unit(world, at.id, { parentId: at.unitId });

  await world.sql('delete from company_business_unit where id = $1', [at.unitId]);

  expect(await world.sql('select company_id, unit_id from company_user where id = $1', [at.userId])).toEqual([
    { company_id: at.id, unit_id: null },
  ]);
  expect(await world.sql('select company_id, parent_id from company_business_unit where id = $1', [child])).toEqual([
    { company_id: at.id, parent_id: null },
  ]);
});

test('an address that goes is nobody\u2019s default any more', async () => {
  const at = await tenant();
  await world.sql('delete from company_unit_address where id = $1', [at.addressId]);
  expect(
    await world.sql('select company_id, default_billing_address_id from company_business_unit where id = $1', [
      at.unitId,
    ]),
  ).toEqual([{ company_id: at.id, default_billing_address_id: null }]);
});
