import { describe, expect, test } from 'vitest';
import { api, type ApiAnswer, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { actAs, company, companyUser, role, type TestCompany, unit } from '../../../../test/companies.ts';
import { anonymizeCustomer, lockAccount } from '../../../domain/customers/index.ts';

const world = useApp();

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const UNIT = 'filter[company-business-units.id]';
const ROLE = 'filter[company-roles.id]';

const get = (path: string, token: string) => api(world, 'GET', path, { token });
const idsOf = ({ json }: ApiAnswer): string[] => json.data.map(({ id }: { id: string }) => id);

type Options = Parameters<typeof companyUser>[3];

/** Somebody who works for a company, a new one of their own unless said otherwise. */
async function worker(at?: TestCompany, options: Options = {}) {
  const customer = await activeCustomer(world);
  const own = at ?? (await company(world));
  const userId = await companyUser(world, customer, own, options);
  return { ...customer, company: own, userId, token: (await logIn(world, customer.email)).accessToken };
}

/** A company user of a company, who does not log in. */
const colleague = async (at: TestCompany, options: Options = {}) =>
  companyUser(world, await activeCustomer(world), at, options);

describe('who may see colleagues', () => {
  test('a company user without the permission reads 403/1405, whatever the id', async () => {
    const { token, company: own, userId } = await worker(undefined, { roles: [] });
    const stranger = await worker();
    const other = await role(world, own.id, { permissions: ['AddCompanyUserPermissionPlugin'] });
    await world.sql('insert into company_user_role (company_id, user_id, role_id) values ($1, $2, $3)', [
      own.id,
      userId,
      other,
    ]);

    for (const id of [
      '',
      `/${userId}`,
      `/${stranger.userId}`,
      `/${UNKNOWN}`,
      '/garbage',
      '?page[offset]=0&page[limit]=1',
    ])
      expect([id, (await get(`/company-users${id}`, token)).text]).toEqual([
        id,
        '{"errors":[{"detail":"Forbidden","status":403,"code":"1405"}]}',
      ]);
  });

  test('with it an unknown id is 404/1404 and one of another company 403/1403', async () => {
    const { token, company: own } = await worker();
    const stranger = await worker();

    for (const id of [UNKNOWN, 'garbage', '%00', own.id, own.unitId]) {
      const answer = await get(`/company-users/${id}?include=customers`, token);
      expect([id, answer.text]).toEqual([
        id,
        '{"errors":[{"detail":"Company user not found","status":404,"code":"1404"}]}',
      ]);
    }
    const answer = await get(`/company-users/${stranger.userId}?include=customers`, token);
    expect(answer.status).toBe(403);
    expect(answer.json.errors).toEqual([
      { detail: expect.stringMatching(/^Current company user is not set\./), status: 403, code: '1403' },
    ]);
  });

  test('one role of several that allows it is enough, and its loss counts at once', async () => {
    const at = await company(world);
    const { token, userId } = await worker(at, { roles: [await role(world, at.id), at.roleId] });
    expect((await get('/company-users', token)).status).toBe(200);

    await world.sql('delete from company_user_role where user_id = $1 and role_id = $2', [userId, at.roleId]);

    expect(errorsOf(await get('/company-users', token))).toEqual(['403/1405']);
    expect((await get('/company-users/mine', token)).status).toBe(200);
  });

  test('the permission in one company is none in another', async () => {
    const customer = await activeCustomer(world);
    const [first, second] = [await company(world), await company(world)];
    await companyUser(world, customer, first, { isDefault: true });
    const chosen = await companyUser(world, customer, second, { roles: [] });

    expect(errorsOf(await get('/company-users', (await actAs(world, customer, chosen)).accessToken))).toEqual([
      '403/1405',
    ]);
  });
});

describe('GET /company-users', () => {
  test('answers all company users of the company, active or not, in order of creation', async () => {
    const { token, company: own, userId } = await worker();
    const inactive = await colleague(own, { isActive: false });
    const unitless = await colleague(own, { unitId: null, roles: [], isDefault: true });
    await worker();

    const answer = await get('/company-users', token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: [
        [userId, true, false],
        [inactive, false, false],
        [unitless, true, true],
      ].map(([id, isActive, isDefault]) => ({
        type: 'company-users',
        id,
        attributes: { isActive, isDefault },
        links: { self: `http://shop.test/company-users/${id}` },
      })),
      links: { self: 'http://shop.test/company-users' },
    });
    for (const id of [userId, inactive, unitless])
      expect((await get(`/company-users/${id}`, token)).json.data).toEqual(
        answer.json.data.find((one: { id: string }) => one.id === id),
      );
  });

  test('an erased customer is no colleague any more, a locked one is', async () => {
    const { token, company: own, userId } = await worker();
    const [erased, locked] = [await worker(own), await worker(own)];
    await anonymizeCustomer(world.app, erased.id);
    await lockAccount(world.app, locked.id);

    expect(idsOf(await get('/company-users', token))).toEqual([userId, locked.userId]);
    expect(errorsOf(await get(`/company-users/${erased.userId}`, token))).toEqual(['404/1404']);
  });

  test('filters narrow by unit and by role, and by both', async () => {
    const { token, company: own, userId } = await worker();
    const [sales, buyer] = [await unit(world, own.id), await role(world, own.id)];
    const inSales = await colleague(own, { unitId: sales });
    const buys = await colleague(own, { roles: [own.roleId, buyer] });
    const both = await colleague(own, { unitId: sales, roles: [buyer] });
    const list = async (query: string) => idsOf(await get(`/company-users?${query}`, token));

    expect(await list(`${UNIT}=${own.unitId}`)).toEqual([userId, buys]);
    expect(await list(`${UNIT}=${sales}`)).toEqual([inSales, both]);
    expect(await list(`${ROLE}=${buyer}`)).toEqual([buys, both]);
    expect(await list(`${ROLE}=${own.roleId}`)).toEqual([userId, inSales, buys]);
    expect(await list(`${UNIT}=${sales}&${ROLE}=${buyer}`)).toEqual([both]);
    expect(await list(`${encodeURIComponent(UNIT)}=${sales}&${encodeURIComponent(ROLE)}=${own.roleId}`)).toEqual([
      inSales,
    ]);
    for (const none of [UNKNOWN, 'garbage', '%00', own.roleId, `${sales}'`])
      expect([none, await list(`${UNIT}=${none}`)]).toEqual([none, []]);
    expect(await list('filter[company-users.isActive]=0')).toHaveLength(4);
  });
});

describe('pages of colleagues', () => {
  test('have links that keep the rest of the query', async () => {
    const { token, company: own, userId } = await worker();
    const sales = await unit(world, own.id);
    const others = [];
    for (let at = 0; at < 5; at += 1) others.push(await colleague(own, { unitId: sales }));
    const rest = `${UNIT}=${sales}&a=b%20c`;
    const to = (offset: number) => `http://shop.test/company-users?${rest}&page[offset]=${offset}&page[limit]=2`;

    const answer = await get(`/company-users?${UNIT}=${sales}&page[offset]=2&page[limit]=2&a=b%20c`, token);

    expect(idsOf(answer)).toEqual(others.slice(2, 4));
    expect(Object.entries(answer.json.links)).toEqual([
      ['self', `http://shop.test/company-users?${UNIT}=${sales}&page[offset]=2&page[limit]=2&a=b%20c`],
      ['last', to(4)],
      ['first', to(0)],
      ['prev', to(0)],
      ['next', to(4)],
    ]);

    const first = await get('/company-users?page[offset]=0&page[limit]=4', token);
    expect(idsOf(first)).toEqual([userId, ...others.slice(0, 3)]);
    expect(Object.keys(first.json.links)).toEqual(['self', 'last', 'first', 'next']);
    expect(first.json.links.last).toBe('http://shop.test/company-users?page[offset]=4&page[limit]=4');

    const beyond = await get('/company-users?page[offset]=100&page[limit]=4', token);
    expect(idsOf(beyond)).toEqual(others.slice(3));
    expect(Object.keys(beyond.json.links)).toEqual(['self', 'last', 'first', 'prev']);

    const all = await get('/company-users?page[offset]=-3&page[limit]=100000', token);
    expect(idsOf(all)).toHaveLength(6);
    expect(all.json.links.last).toBe('http://shop.test/company-users?page[offset]=0&page[limit]=500');
  });

  test('need both parameters, and an empty list has no links but its own', async () => {
    const { token, company: own } = await worker();
    await colleague(own);

    const unpaged = await get('/company-users?page[limit]=1', token);
    expect(idsOf(unpaged)).toHaveLength(2);
    expect(Object.keys(unpaged.json.links)).toEqual(['self']);
    const none = await get(`/company-users?${ROLE}=${UNKNOWN}&page[offset]=0&page[limit]=1`, token);
    expect(none.json).toEqual({
      data: [],
      links: { self: `http://shop.test/company-users?${ROLE}=${UNKNOWN}&page[offset]=0&page[limit]=1` },
    });
    for (const query of ['page[offset]=1', 'page[limit]=0', 'page[offset]=x&page[limit]=1'])
      expect(await get(`/company-users?${query}`, token)).toMatchObject({
        status: 400,
        text: 'Pagination parameters are invalid.',
      });
  });
});

describe('GET /company-users/mine', () => {
  test('answers every company user the customer may act as; nobody has to be chosen, nothing allowed', async () => {
    const customer = await activeCustomer(world);
    const [first, second] = [await company(world), await company(world)];
    const one = await companyUser(world, customer, first, { roles: [] });
    const two = await companyUser(world, customer, second, { roles: [] });
    const three = await companyUser(world, customer, second, { unitId: await unit(world, second.id), roles: [] });
    await companyUser(world, customer, await company(world), { isActive: false });
    await companyUser(world, customer, await company(world, { isActive: false }));
    await companyUser(world, customer, await company(world, { status: 'pending' }));
    await companyUser(world, customer, await company(world, { status: 'denied' }), { isDefault: true });
    await colleague(first);
    const { accessToken } = await logIn(world, customer.email);

    const answer = await get('/company-users/mine', accessToken);

    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual([one, two, three]);
    expect(answer.json.data[0]).toEqual({
      type: 'company-users',
      id: one,
      attributes: { isActive: true, isDefault: false },
      links: { self: `http://shop.test/company-users/${one}` },
    });
    expect(answer.json.links).toEqual({ self: 'http://shop.test/company-users/mine' });
    expect(errorsOf(await get('/company-users', accessToken))).toEqual(['403/1403']);
  });

  test('answers an empty list to whoever works for nobody', async () => {
    const { accessToken } = await logIn(world, (await activeCustomer(world)).email);
    expect(await get('/company-users/mine?include=customers', accessToken)).toMatchObject({
      status: 200,
      text: '{"data":[],"links":{"self":"http://shop.test/company-users/mine?include=customers"}}',
    });
  });
});
