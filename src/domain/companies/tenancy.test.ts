import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { actAs, company, companyUser, role, unit, unitAddress } from '../../../test/companies.ts';
import { agent, agentToken } from '../../../test/staff.ts';
import { anonymizeCustomer } from '../customers/index.ts';

const world = useApp();

/** The token of an agent who acts for nobody. */
const idleAgent = async () => (await agentToken(world, (await agent(world)).email)).accessToken;

const get = (path: string, token: string) => api(world, 'GET', path, { token });

/** A company with a colleague beside who is asking. */
async function tenant() {
  const at = await company(world);
  const [boss, buyer] = [await activeCustomer(world), await activeCustomer(world)];
  const salesId = await unit(world, at.id, { name: `Sales of ${at.name}`, parentId: at.unitId });
  const spareAddressId = await unitAddress(world, at.id);
  const buyerRoleId = await role(world, at.id);
  const bossId = await companyUser(world, boss, at);
  const buyerId = await companyUser(world, buyer, at, { unitId: salesId, roles: [buyerRoleId] });
  const { accessToken: token } = await logIn(world, boss.email);
  const ids = {
    companies: [at.id],
    'company-business-units': [at.unitId, salesId],
    'company-business-unit-addresses': [at.addressId, spareAddressId],
    'company-roles': [at.roleId, buyerRoleId],
    'company-users': [bossId, buyerId],
    customers: [boss.reference, buyer.reference],
  };
  /** Whatever nobody else may ever read. */
  const secrets = [...Object.values(ids).flat(), at.name, boss.email, buyer.email];
  return { ...at, boss, buyer, bossId, buyerId, salesId, spareAddressId, buyerRoleId, token, ids, secrets };
}

const INCLUDE =
  'include=customers,companies,company-business-units,company-business-unit-addresses,company-roles,company-users';
const tables = [
  'company',
  'company_business_unit',
  'company_unit_address',
  'company_business_unit_address',
  'company_role',
  'company_role_permission',
  'company_user',
  'company_user_role',
];

/** Every row there is of companies, to see that nothing was written. */
async function rows() {
  const all = [];
  for (const table of tables) all.push(await world.sql(`select * from ${table} order by ${table}::text`));
  return all;
}

describe('two companies of the same shape', () => {
  let own: Awaited<ReturnType<typeof tenant>>;
  let other: Awaited<ReturnType<typeof tenant>>;
  beforeAll(async () => {
    [own, other] = [await tenant(), await tenant()];
  });

  test('no path reads by an identifier of the other, whatever kind it is of', async () => {
    const notFound: Record<string, string> = {
      companies: '404/1801',
      'company-business-units': '404/1901',
      'company-business-unit-addresses': '404/2001',
      'company-roles': '404/2101',
      'company-users': '404/1404',
    };
    for (const [type, error] of Object.entries(notFound))
      for (const [kind, ids] of Object.entries(other.ids))
        for (const id of ids) {
          const answer = await get(`/${type}/${id}`, own.token);
          // The one place where the contract tells that there is such a thing.
          const expected = type === 'company-users' && kind === type ? '403/1403' : error;
          expect([type, kind, ...errorsOf(answer)]).toEqual([type, kind, expected]);
          for (const secret of other.secrets) expect(answer.text).not.toContain(secret);
        }
  });

  test('no filter reads by one', async () => {
    for (const name of ['filter[company-business-units.id]', 'filter[company-roles.id]'])
      for (const id of Object.values(other.ids).flat()) {
        const answer = await get(`/company-users?${name}=${id}&${INCLUDE}&page[offset]=0&page[limit]=9`, own.token);
        expect([name, answer.status, answer.json.data, answer.json.included]).toEqual([name, 200, [], undefined]);
      }
    for (const name of ['filter[companies.id]', 'filter[company-users.id]', 'filter[customers.id]']) {
      const { text } = await get(`/company-users?${name}=${other.id}&${INCLUDE}`, own.token);
      for (const secret of other.secrets.filter((one) => one !== other.id)) expect(text).not.toContain(secret);
    }
  });

  test('no list or include shows anything of it', async () => {
    for (const path of [
      '/company-users',
      '/company-users/mine',
      `/company-users/${own.buyerId}`,
      '/companies/mine',
      '/company-business-units/mine',
      `/company-business-units/${own.salesId}`,
      '/company-roles/mine',
    ]) {
      const { status, text } = await get(`${path}?${INCLUDE}`, own.token);
      expect([path, status]).toEqual([path, 200]);
      for (const secret of other.secrets) expect(text).not.toContain(secret);
    }
  });

  test('no body acts by one, and nothing can be written at all', async () => {
    const before = await rows();

    for (const id of Object.values(other.ids).flat()) {
      const answer = await api(world, 'POST', '/company-user-access-tokens', {
        token: own.token,
        attributes: { idCompanyUser: id },
      });
      expect(errorsOf(answer)).toEqual([/-.*-.*-.*-/.test(id) ? '401/003' : '422/901']);
    }
    for (const [type, [id]] of Object.entries(other.ids).filter(([type]) => type !== 'customers'))
      for (const [method, path] of [
        ['POST', `/${type}`],
        ['PATCH', `/${type}/${id}`],
        ['DELETE', `/${type}/${id}`],
        ['PATCH', `/${type}/mine`],
      ] as const)
        for (const attributes of [{ isActive: false }, { idCompany: other.id, idCustomer: other.boss.reference }]) {
          const answer = await api(world, method, path, { token: own.token, body: { data: { type, id, attributes } } });
          expect([method, path, answer.status]).toEqual([method, path, 404]);
        }

    expect(await rows()).toEqual(before);
  });

  test('who works for both acts for one at a time', async () => {
    const [one, two] = [await tenant(), await tenant()];
    const inTwo = await companyUser(world, one.boss, two, {
      unitId: two.salesId,
      roles: [two.buyerRoleId, two.roleId],
    });
    const first = await actAs(world, one.boss, one.bossId);
    const second = await actAs(world, one.boss, inTwo);
    const shared = new Set([one.boss.reference, one.boss.email]);

    for (const [token, its, foreign, foreignUser] of [
      [first.accessToken, one, two, inTwo],
      [second.accessToken, two, one, one.bossId],
    ] as const) {
      const list = await get(`/company-users?${INCLUDE}`, token);
      expect(list.json.data).toHaveLength(its === one ? 2 : 3);
      for (const secret of [...foreign.secrets, foreignUser].filter((text) => !shared.has(text)))
        expect(list.text).not.toContain(secret);
      expect(errorsOf(await get(`/company-users/${foreignUser}`, token))).toEqual(['403/1403']);
      expect(errorsOf(await get(`/company-roles/${foreign.roleId}`, token))).toEqual(['404/2101']);
      expect((await get('/companies/mine', token)).json.data[0].id).toBe(its.id);
    }
  });

  test('an agent who acts for nobody reads nothing of either', async () => {
    const { ids, secrets } = own;
    const token = await idleAgent();
    const codes: Record<string, [mine: string, one: string]> = {
      companies: ['403/1803', '404/1801'],
      'company-business-units': ['403/1903', '404/1901'],
      'company-business-unit-addresses': ['404/2001', '404/2001'],
      'company-roles': ['403/2103', '404/2101'],
      'company-users': ['403/1403', '403/1403'],
    };
    for (const [type, [mine, one]] of Object.entries(codes))
      for (const id of ['mine', ...(ids[type as keyof typeof ids] ?? [])]) {
        const answer = await get(`/${type}/${id}?${INCLUDE}`, token);
        expect([type, id, ...errorsOf(answer)]).toEqual([type, id, id === 'mine' ? mine : one]);
        for (const secret of secrets) expect(answer.text).not.toContain(secret);
      }
    expect(errorsOf(await get('/company-users', token))).toEqual(['403/1403']);
  });
});

describe('who is erased', () => {
  test('is gone from every list, count and include, and from the company', async () => {
    const { token, bossId, buyer, buyerId, salesId } = await tenant();
    await anonymizeCustomer(world.app, buyer.id);

    const list = await get(`/company-users?${INCLUDE}&page[offset]=0&page[limit]=1`, token);

    expect(list.json.data.map(({ id }: { id: string }) => id)).toEqual([bossId]);
    expect(Object.keys(list.json.links)).toEqual(['self', 'last', 'first']);
    expect(list.text).not.toContain(buyer.reference);
    expect((await get(`/company-users?filter[company-business-units.id]=${salesId}`, token)).json.data).toEqual([]);
    expect(errorsOf(await get(`/company-users/${buyerId}`, token))).toEqual(['404/1404']);
    expect(await world.sql('select 1 from company_user where customer_id = $1', [buyer.id])).toEqual([]);
  });

  test('is hidden even where a company user is left, and a stranger\u2019s is as unknown as any', async () => {
    const [own, other] = [await tenant(), await tenant()];
    for (const { buyer } of [own, other])
      await world.sql('update customer set anonymized_at = now() where id = $1', [buyer.id]);

    expect((await get('/company-users', own.token)).json.data).toHaveLength(1);
    for (const { buyerId } of [own, other])
      expect(errorsOf(await get(`/company-users/${buyerId}`, own.token))).toEqual(['404/1404']);
  });
});
