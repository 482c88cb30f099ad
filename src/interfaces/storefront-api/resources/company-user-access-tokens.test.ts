import { describe, expect, test } from 'vitest';
import { api, claimsOf, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { commuter, company, companyOf, companyUser } from '../../../../test/companies.ts';
import { agent, agentToken } from '../../../../test/staff.ts';

const world = useApp();

/** The token of an agent who acts for nobody. */
const idleAgent = async () => (await agentToken(world, (await agent(world)).email)).accessToken;

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const PATH = '/company-user-access-tokens';
const REFUSED = '{"errors":[{"detail":"Failed to authenticate user.","status":401,"code":"003"}]}';

const choose = (token: string | undefined, idCompanyUser: unknown) =>
  api(world, 'POST', PATH, { ...(token ? { token } : {}), attributes: { idCompanyUser } });
const companySeenBy = (token: string) => companyOf(world, token);

const worker = () => commuter(world);

describe('POST /company-user-access-tokens', () => {
  test('answers tokens with which the customer acts as that company user', async () => {
    const { token, one, two, first, second, reference } = await worker();
    expect(await companySeenBy(token)).toBe('403/1803');

    const answer = await choose(token, one);

    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      data: {
        type: 'company-user-access-tokens',
        id: null,
        attributes: {
          tokenType: 'Bearer',
          expiresIn: 28_800,
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
        },
        links: { self: 'http://shop.test/company-user-access-tokens' },
      },
    });
    const { accessToken } = answer.json.data.attributes;
    const claims = claimsOf(accessToken);
    expect(claims).toMatchObject({ scopes: ['company_user'], aud: 'frontend' });
    expect(claims.exp - claims.iat).toBeCloseTo(28_800);
    expect(claims.sub).toEqual({
      customer_reference: reference,
      id_customer: expect.any(Number),
      id_company_user: one,
      id_agent: null,
      permissions: null,
    });
    expect(claims.sub.id_customer).toBe(claimsOf(token).sub.id_customer);
    expect(await companySeenBy(accessToken)).toBe(first.id);

    const switched = (await choose(accessToken, two)).json.data.attributes;
    expect(await companySeenBy(switched.accessToken)).toBe(second.id);
    expect(await companySeenBy(accessToken)).toBe(first.id);
  });

  test('the token still is the customer\u2019s everywhere else', async () => {
    const { token, one, reference } = await worker();
    const { accessToken } = (await choose(token, one)).json.data.attributes;
    const { json } = await api(world, 'GET', '/customers', { token: accessToken });
    expect(json.data[0].id).toBe(reference);
  });

  test('an id counts in any letter case', async () => {
    const { token, one } = await worker();
    const { accessToken } = (await choose(token, one.toUpperCase())).json.data.attributes;
    expect(claimsOf(accessToken).sub.id_company_user).toBe(one);
  });

  let token: string | undefined;
  test.for<[attributes: object, detail: string]>([
    [{}, 'idCompanyUser => This field is missing.'],
    [{ id_company_user: UNKNOWN }, 'idCompanyUser => This field is missing.'],
    [{ idCompanyUser: null }, 'idCompanyUser => This value should not be blank.'],
    [{ idCompanyUser: '' }, 'idCompanyUser => This value should not be blank.'],
    [{ idCompanyUser: ' ' }, 'idCompanyUser => This is not a valid UUID.'],
    [{ idCompanyUser: 'garbage' }, 'idCompanyUser => This is not a valid UUID.'],
    [{ idCompanyUser: `{${UNKNOWN}}` }, 'idCompanyUser => This is not a valid UUID.'],
    [{ idCompanyUser: 7 }, 'idCompanyUser => This value should be of type string.'],
  ])('%j is refused with 422/901', async ([attributes, detail]) => {
    token ??= (await logIn(world, (await activeCustomer(world)).email)).accessToken;
    const answer = await api(world, 'POST', PATH, { token, attributes });
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({ errors: [{ detail, status: 422, code: '901' }] });
  });

  test('a wrong type is 400 before the token is looked at, and no token 403/002 before the attributes are', async () => {
    const { token } = await worker();
    const wrong = { data: { type: 'access-tokens', attributes: {} } };
    for (const call of [{ body: wrong }, { body: wrong, token }]) {
      const answer = await api(world, 'POST', PATH, call);
      expect(answer.text).toBe('{"errors":[{"detail":"Invalid type.","status":400}]}');
    }
    expect(errorsOf(await choose(undefined, 'garbage'))).toEqual(['403/002']);
    expect(errorsOf(await choose('nonsense', 'garbage'))).toEqual(['401/001']);
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await api(world, method, PATH, { token, body: wrong })).text).toBe(
        '{"errors":[{"status":404,"detail":"Not Found"}]}',
      );
  });
});

describe('401/003 without a word on why', () => {
  type Person = Awaited<ReturnType<typeof worker>>;
  test.for<[what: string, make: (person: Person) => Promise<string>]>([
    ['an unknown company user', () => Promise.resolve(UNKNOWN)],
    ['another customer\u2019s', async ({ first }) => companyUser(world, await activeCustomer(world), first)],
    ['another customer\u2019s of another company', async () => (await worker()).one],
    ['a company instead', async ({ first }) => first.id],
    ['an inactive one', async (own) => companyUser(world, own, await company(world), { isActive: false })],
    ['one of an inactive company', async (own) => companyUser(world, own, await company(world, { isActive: false }))],
    ['one of a pending company', async (own) => companyUser(world, own, await company(world, { status: 'pending' }))],
    ['one of a denied company', async (own) => companyUser(world, own, await company(world, { status: 'denied' }))],
  ])('%s', async ([, make]) => {
    const person = await worker();
    const answer = await choose(person.token, await make(person));
    expect(answer.status).toBe(401);
    expect(answer.text).toBe(REFUSED);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
  });

  test('an agent who acts for nobody', async () => {
    const { one } = await worker();
    expect((await choose(await idleAgent(), one)).text).toBe(REFUSED);
  });
});
