import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { company, companyUser } from '../../../../test/companies.ts';
import { agent, agentToken } from '../../../../test/staff.ts';

const world = useApp();

/** The token of an agent who acts for nobody. */
const idleAgent = async () => (await agentToken(world, (await agent(world)).email)).accessToken;

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const CUNS =
  'Current company user is not set. You need to select the current company user with /company-user-access-tokens in order to access the resource collection.';

const get = (path: string, token?: string) => api(world, 'GET', path, token ? { token } : {});

/** Somebody who works for a company of their own. */
async function worker() {
  const [customer, at] = [await activeCustomer(world), await company(world)];
  const userId = await companyUser(world, customer, at);
  return { ...customer, company: at, userId, token: (await logIn(world, customer.email)).accessToken };
}

/** Somebody who works for nobody. */
async function plainCustomer() {
  const customer = await activeCustomer(world);
  return { ...customer, token: (await logIn(world, customer.email)).accessToken };
}

describe('who may read of companies', () => {
  let nobody: Awaited<ReturnType<typeof plainCustomer>>;
  let somebody: Awaited<ReturnType<typeof worker>>;
  let agentsToken: string;
  beforeAll(async () => {
    [nobody, somebody, agentsToken] = [await plainCustomer(), await worker(), await idleAgent()];
  });

  const types = [
    'companies',
    'company-business-units',
    'company-business-unit-addresses',
    'company-roles',
    'company-users',
  ];
  const paths = types.flatMap((type) => [`/${type}`, `/${type}/mine`, `/${type}/${UNKNOWN}`]);

  test('no token is 403/002 and a bad one 401/001, before anything else', async () => {
    for (const path of paths) {
      expect([path, ...errorsOf(await get(path))]).toEqual([path, '403/002']);
      expect([path, ...errorsOf(await get(path, 'nonsense'))]).toEqual([path, '401/001']);
    }
  });

  test('a guest who says to be logged in as well is 400/005', async () => {
    for (const path of paths) {
      const { token } = nobody;
      const answer = await api(world, 'GET', path, { token, headers: { 'X-Anonymous-Customer-Unique-Id': 'g' } });
      expect([path, ...errorsOf(answer)]).toEqual([path, '400/005']);
    }
  });

  test.for<[path: string, code: string]>([
    ['/companies/mine', '1803'],
    ['/company-business-units/mine', '1903'],
    ['/company-roles/mine', '2103'],
    ['/company-users', '1403'],
    [`/company-users/${UNKNOWN}`, '1403'],
    ['/company-users/garbage', '1403'],
  ])('%s without a company user is 403/%s', async ([path, code]) => {
    for (const token of [nobody.token, agentsToken]) {
      const answer = await get(path, token);
      expect(answer.status).toBe(403);
      expect(answer.json).toEqual({ errors: [{ detail: CUNS, status: 403, code }] });
    }
  });

  test('a part of a company is not found without a company user, whether it exists or not', async () => {
    const parts = [
      ['companies', somebody.company.id, '1801', 'Company not found.'],
      ['company-business-units', somebody.company.unitId, '1901', 'Company business unit not found.'],
      [
        'company-business-unit-addresses',
        somebody.company.addressId,
        '2001',
        'Company business unit address not found.',
      ],
      ['company-roles', somebody.company.roleId, '2101', 'Company role not found.'],
    ];
    for (const [type, existing, code, detail] of parts)
      for (const path of [existing, UNKNOWN, 'garbage'].map((id) => `/${type}/${id}`))
        for (const token of [nobody.token, agentsToken]) {
          const { text } = await get(path, token);
          expect([path, text]).toEqual([path, `{"errors":[{"detail":"${detail}","status":404,"code":"${code}"}]}`]);
        }
  });

  test('addresses of units have no `mine`', async () => {
    for (const { token } of [nobody, somebody])
      expect(errorsOf(await get('/company-business-unit-addresses/mine', token))).toEqual(['404/2001']);
  });

  test.for<[path: string, detail: string]>([
    ['/companies', 'Endpoint is not implemented.'],
    ['/companies/', 'Endpoint is not implemented.'],
    ['/companies?include=company-users&page[offset]=0&page[limit]=1', 'Endpoint is not implemented.'],
    ['/company-business-units', 'Endpoint is not implemented.'],
    ['/company-business-unit-addresses', 'Resource is not implemented.'],
    ['/company-roles', 'Resource is not implemented.'],
  ])('GET %s is 501 "%s" without a code, company user or not', async ([path, detail]) => {
    for (const { token } of [somebody, nobody]) {
      const answer = await get(path, token);
      expect(answer.status).toBe(501);
      expect(answer.text).toBe(`{"errors":[{"detail":"${detail}","status":501}]}`);
      expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    }
  });

  test('nothing of it can be written, nor reached below something else', async () => {
    const { token, company: own, userId } = somebody;
    const ids = [own.id, own.unitId, own.addressId, own.roleId, userId];
    for (const [at, type] of types.entries()) {
      const path = `/${type}/${ids[at]}`;
      for (const [method, of] of [
        ['POST', `/${type}`],
        ['PATCH', path],
        ['DELETE', path],
        ['PATCH', `/${type}/mine`],
        ['DELETE', `/${type}/mine`],
      ] as const) {
        const answer = await api(world, method, of, { token, body: { data: { type, attributes: { name: 'x' } } } });
        expect([method, of, answer.status, answer.text]).toEqual([
          method,
          of,
          404,
          '{"errors":[{"status":404,"detail":"Not Found"}]}',
        ]);
      }
      expect((await get(`/companies/${own.id}/${type}`, token)).status).toBe(404);
      expect((await get(`${path}/companies/${own.id}`, token)).status).toBe(404);
    }
  });
});

describe('GET /companies', () => {
  test('an id answers the own company', async () => {
    const { token, company: own } = await worker();

    const answer = await get(`/companies/${own.id}`, token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: {
        type: 'companies',
        id: own.id,
        attributes: { isActive: true, name: own.name, status: 'approved' },
        links: { self: `http://shop.test/companies/${own.id}` },
      },
    });
  });

  test('mine answers it as a list of one', async () => {
    const { token, company: own } = await worker();

    const answer = await get('/companies/mine?a=b%20c', token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: [
        {
          type: 'companies',
          id: own.id,
          attributes: { isActive: true, name: own.name, status: 'approved' },
          links: { self: `http://shop.test/companies/${own.id}?a=b%20c` },
        },
      ],
      links: { self: 'http://shop.test/companies/mine?a=b%20c' },
    });
  });

  test('fields narrow its attributes, include brings nothing', async () => {
    const { token, company: own } = await worker();

    const { json } = await get(
      '/companies/mine?fields[companies]=name,constructor&include=company-users,customers,company-roles',
      token,
    );

    expect(Object.keys(json)).toEqual(['data', 'links']);
    expect(Object.keys(json.data[0])).toEqual(['type', 'id', 'attributes', 'links']);
    expect(json.data[0].attributes).toEqual({ name: own.name });
  });

  test('another, an unknown and a garbled id are not found alike', async () => {
    const { token, company: own, userId } = await worker();
    const other = await company(world);
    for (const id of [other.id, own.unitId, userId, UNKNOWN, 'garbage', '%00', `${own.id}x`, `{${own.id}}`, "'"]) {
      const answer = await get(`/companies/${id}`, token);
      expect([id, answer.status, answer.text]).toEqual([
        id,
        404,
        '{"errors":[{"detail":"Company not found.","status":404,"code":"1801"}]}',
      ]);
    }
  });

  test('an id counts in any letter case', async () => {
    const { token, company: own } = await worker();
    expect((await get(`/companies/${own.id.toUpperCase()}`, token)).json.data.id).toBe(own.id);
  });
});
