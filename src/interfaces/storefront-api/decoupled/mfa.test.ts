import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, type ApiCall, errorsOf } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { lockAccount } from '../../../domain/customers/index.ts';

const world = useApp();

type Where = 'storefront' | 'backend';
const applications: Where[] = ['storefront', 'backend'];
const JSON_API = 'application/vnd.api+json';
const TYPES = 'multi-factor-auth-types';
const ACTIONS = ['type-activate', 'type-verify', 'trigger', 'type-deactivate'];
const EMAIL = { type: 'email' };

async function tokenOf(where: Where, username: string): Promise<string> {
  const body = { grant_type: 'password', username, password: PASSWORD };
  return (await api(world, 'POST', `/glue-${where}/token`, { body })).json.access_token;
}

async function visitor(where: Where) {
  const { id, email } = where === 'storefront' ? await activeCustomer(world) : await agent(world, { isAgent: false });
  return { where, id, email, token: await tokenOf(where, email) };
}
type Visitor = Awaited<ReturnType<typeof visitor>>;

async function newestCode(email: string): Promise<string> {
  const code = (await world.mails(email)).map(({ text }) => /^\d{6}$/m.exec(text)?.[0]).find(Boolean);
  if (!code) throw new Error(`no code was mailed to ${email}`);
  return code;
}

const act = (action: string, { where, token }: Omit<Visitor, 'id' | 'email'>, body: unknown = EMAIL, code?: string) =>
  api(world, 'POST', `/glue-${where}/multi-factor-auth-${action}`, {
    token,
    body,
    headers: code === undefined ? {} : { 'X-MFA-Code': code },
  });
const list = ({ where, token }: Visitor, accept = 'application/json') =>
  api(world, 'GET', `/glue-${where}/${TYPES}`, { token, headers: { Accept: accept } });
const statusOf = async (somebody: Visitor) => (await list(somebody)).json[0].status;

/** Errors of the plain dialect, as the contract writes them. */
const codesOf = ({ json }: ApiAnswer): string[] =>
  json.map(({ status, code }: { status: number; code: string | null }) =>
    code ? `${status}/${code}` : String(status),
  );

describe.for(applications)('a second factor at the %s', (where) => {
  test('is deactivated, then pending, then activated, then deactivated', async () => {
    const somebody = await visitor(where);
    expect(await list(somebody)).toMatchObject({ status: 200, text: '[{"type":"email","status":"deactivated"}]' });

    expect(await act('type-activate', somebody)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('activation is pending');
    const code = await newestCode(somebody.email);
    expect(await act('type-verify', somebody, EMAIL, code)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('activated');
    expect(await act('trigger', somebody)).toMatchObject({ status: 204, text: '' });
    const second = await newestCode(somebody.email);
    expect(codesOf(await act('type-deactivate', somebody, EMAIL, code))).toEqual(['403/5901']);
    expect(await act('type-deactivate', somebody, EMAIL, second)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('deactivated');
  });

  test('takes forms and the other dialect, and is listed in it without an id', async () => {
    const somebody = await visitor(where);
    const { token } = somebody;
    const send = (body: unknown, type: string) =>
      api(world, 'POST', `/glue-${where}/multi-factor-auth-type-activate`, {
        token,
        body,
        headers: { 'Content-Type': type },
      });
    const type = 'multi-factor-auth-type-activate';

    expect((await send('type=email', 'application/x-www-form-urlencoded')).status).toBe(204);
    expect((await send({ data: { type, attributes: EMAIL } }, JSON_API)).status).toBe(204);
    const missing = await send(EMAIL, JSON_API);
    expect(missing.headers.get('content-type')).toBe(JSON_API);
    expect(missing.text).toBe(
      '{"errors":[{"message":"Multi-factor authentication type is missing.","status":400,"code":"5902"}]}',
    );
    const { headers, json } = await list(somebody, JSON_API);
    expect(headers.get('content-type')).toBe(JSON_API);
    expect(Object.keys(json)).toEqual(['data', 'links']);
    expect(Object.keys(json.data[0])).toEqual(['type', 'attributes', 'links']);
    expect(json.data[0]).toMatchObject({ type: TYPES, attributes: { type: 'email', status: 'activation is pending' } });
  });

  test('ends a code at the third wrong one', async () => {
    const somebody = await visitor(where);
    await act('type-activate', somebody);
    const code = await newestCode(somebody.email);
    for (let step = 1; step <= 3; step++)
      await act('type-verify', somebody, EMAIL, String((Number(code) + step) % 1_000_000).padStart(6, '0'));

    expect(codesOf(await act('type-verify', somebody, EMAIL, code))).toEqual(['403/5901']);
  });

  test('sends so many codes and no more', async () => {
    const somebody = await visitor(where);
    const answers: ApiAnswer[] = [];
    for (let at = 0; at < 34; at++) answers.push(await act('type-activate', somebody));

    expect(answers.map(({ status }) => status)).toEqual([...Array(30).fill(204), ...Array(4).fill(400)]);
    expect(answers.at(-1)?.text).toBe(
      '[{"message":"Something went wrong while sending your code. Please try again later or contact the system administrator.","status":400,"code":"5910"}]',
    );
  });

  const off = '400/5906';
  const cases: [action: string, isActive: boolean, body: object, code: string | undefined, error: string][] = [
    ...['type-activate', 'trigger'].flatMap((action): typeof cases => [
      [action, false, {}, undefined, '400/5902'],
      [action, false, { type: '' }, undefined, '400/5902'],
      [action, false, { type: ['email'] }, undefined, '400/5902'],
      [action, false, { type: 'sms' }, undefined, off],
      [action, false, { type: '__proto__' }, undefined, off],
    ]),
    ['type-activate', true, EMAIL, undefined, '400/5904'],
    ['trigger', false, EMAIL, undefined, off],
    ...['type-verify', 'type-deactivate'].flatMap((action): typeof cases => [
      [action, false, EMAIL, undefined, '403/5900'],
      [action, false, {}, ' ', '403/5900'],
      [action, false, {}, '000', '400/5902'],
      [action, false, { type: 'sms' }, '000', off],
      [action, false, EMAIL, '000', off],
    ]),
    ['type-verify', true, EMAIL, '000', '400/5904'],
    ['type-deactivate', true, EMAIL, '000', '403/5901'],
  ];
  const people = {} as { on: Visitor; off: Visitor };
  beforeAll(async () => {
    Object.assign(people, { off: await visitor(where), on: await visitor(where) });
    await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [people.on.id, world.now]);
  });

  test.for(cases)('%s, active: %s, %j, code %j: %s', async ([action, isActive, body, code, error]) => {
    expect(codesOf(await act(action, isActive ? people.on : people.off, body, code))).toEqual([error]);
  });
});

const paths = [['GET', TYPES], ...ACTIONS.map((action) => ['POST', `multi-factor-auth-${action}`])] as [
  string,
  string,
][];

describe.for(applications.flatMap((where) => paths.map(([method, path]) => ({ where, method, path }))))(
  '$method /glue-$where/$path',
  ({ where, method, path }) => {
    const call = (headers: Record<string, string>) =>
      api(world, method, `/glue-${where}/${path}`, {
        headers: { Accept: '*/*', ...headers },
        ...(method === 'POST' ? { body: {} } : {}),
      });

    test.for([
      [{}, 401, '[{"message":"Unauthorized request.","status":401,"code":null}]'],
      [{ Authorization: '' }, 401, '[{"message":"Missing access token.","status":401,"code":"002"}]'],
      [{ Authorization: 'Bearer' }, 401, '[{"message":"Missing access token.","status":401,"code":"002"}]'],
      [{ Authorization: 'Bearer nonsense' }, 401, '[{"message":"Invalid access token.","status":401,"code":"001"}]'],
      [
        { Authorization: 'nonsense e30.e30.e30' },
        401,
        '[{"message":"Invalid access token.","status":401,"code":"001"}]',
      ],
    ] as const)('with %j: %i %s', async ([headers, status, text]) => {
      expect(await call(headers)).toMatchObject({ status, text });
    });
  },
);

describe('a token', () => {
  const INVALID = (status: number) => `[{"message":"Invalid access token.","status":${status},"code":"001"}]`;

  test.for([
    ['storefront', 'backend'],
    ['backend', 'storefront'],
  ] as const)('of the %s is of the wrong kind at the %s', async ([home, where]) => {
    const somebody = { ...(await visitor(home)), where };

    expect(await list(somebody)).toMatchObject({ status: 400, text: INVALID(400) });
    for (const action of ACTIONS)
      expect(await act(action, somebody, EMAIL, '000')).toMatchObject({ status: 400, text: INVALID(400) });
    expect((await list(somebody, JSON_API)).text).toBe(`{"errors":${INVALID(400)}}`);
  });

  test.for(applications)('of the %s is over when its time is, at either', async (home) => {
    const somebody = await visitor(home);
    world.now = new Date(world.now.getTime() + 28_831_000);

    for (const where of applications)
      expect(await list({ ...somebody, where })).toMatchObject({ status: 401, text: INVALID(401) });
  });

  test('of somebody who was locked since is invalid', async () => {
    const somebody = await visitor('storefront');
    await lockAccount(world.app, somebody.id);

    expect(await list(somebody)).toMatchObject({ status: 401, text: INVALID(401) });
  });

  test('of an agent who acts for nobody has no customer, and is no staff user here either', async () => {
    const token = (await agentToken(world, (await agent(world)).email)).accessToken;
    const nobody = '[{"message":"No customer identifier provided.","status":400,"code":"5905"}]';

    expect(await act('trigger', { where: 'storefront', token })).toMatchObject({ status: 400, text: nobody });
    expect(await act('trigger', { where: 'backend', token })).toMatchObject({ status: 400, text: INVALID(400) });
  });

  test('of an agent without a code misses the code before the customer', async () => {
    const token = (await agentToken(world, (await agent(world)).email)).accessToken;

    expect(codesOf(await act('type-verify', { where: 'storefront', token }))).toEqual(['403/5900']);
  });
});

test('a customer has the same factor here and in the Storefront REST application', async () => {
  const somebody = await visitor('storefront');
  const call: ApiCall = { token: somebody.token };
  await act('type-activate', somebody);
  const headers = { 'X-MFA-Code': await newestCode(somebody.email) };

  const verified = await api(world, 'POST', '/multi-factor-auth-type-verify', { ...call, headers, attributes: EMAIL });

  expect(verified.status).toBe(204);
  expect(await statusOf(somebody)).toBe('activated');
  const rename = { ...call, attributes: { firstName: 'Ida' } };
  const [own] = (await api(world, 'GET', '/customers', call)).json.data;
  expect(errorsOf(await api(world, 'PATCH', `/customers/${own.id}`, rename))).toEqual(['403/5900']);
});

describe('what is changed is written down with who did it:', () => {
  const written = (id: string) =>
    world.sql(
      "select actor, actor_id from audit_entry where action = 'mfa.begun' and (customer_id = $1 or facts->>'staff' = $2)",
      [id, id],
    );

  test('a customer', async () => {
    const somebody = await visitor('storefront');
    await act('type-activate', somebody);

    expect(await written(somebody.id)).toEqual([{ actor: 'customer', actor_id: somebody.id }]);
  });

  test('a staff user', async () => {
    const somebody = await visitor('backend');
    await act('type-activate', somebody);

    expect(await written(somebody.id)).toEqual([{ actor: 'staff', actor_id: somebody.id }]);
  });

  test('an agent who acts for a customer is refused, and nothing is written', async () => {
    const [customer, duty] = [await activeCustomer(world), await agent(world)];
    const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
      token: (await agentToken(world, duty.email)).accessToken,
      attributes: { customerReference: customer.reference },
    });
    const refused = await act('type-activate', { where: 'storefront', token: json.data.attributes.accessToken });

    expect(codesOf(refused)).toEqual(['403/4190']);
    expect(await written(customer.id)).toEqual([]);
  });
});

test('a staff user has a factor of their own, whoever shops with the same address', async () => {
  const customer = await visitor('storefront');
  const { email, id } = await agent(world, { email: customer.email, isAgent: false });
  const staff: Visitor = { where: 'backend', id, email, token: await tokenOf('backend', email) };
  await act('type-activate', staff);

  expect([await statusOf(staff), await statusOf(customer)]).toEqual(['activation is pending', 'deactivated']);
  expect(codesOf(await act('type-verify', customer, EMAIL, await newestCode(email)))).toEqual(['400/5906']);
});

test.for<[where: Where, path: string]>([
  ['storefront', '/glue-storefront/stores'],
  ['storefront', '/glue-storefront/multi-factor-auth-types'],
  ['backend', '/glue-backend/multi-factor-auth-types'],
])('a token of the other application is refused at the %s, needed or not: %s', async ([where, path]) => {
  const { token } = await visitor(where === 'backend' ? 'storefront' : 'backend');

  expect(await api(world, 'GET', path, { token, headers: { Accept: 'application/json' } })).toMatchObject({
    status: 400,
    text: '[{"message":"Invalid access token.","status":400,"code":"001"}]',
  });
});

test('nobody of the shop works in a warehouse', async () => {
  const post = (token?: string) =>
    api(world, 'POST', '/glue-backend/warehouse-tokens', { body: {}, ...(token ? { token } : {}) });

  expect(await post((await visitor('backend')).token)).toMatchObject({
    status: 403,
    text: '[{"message":"Operation is forbidden.","status":403,"code":"5101"}]',
  });
  expect((await post()).status).toBe(401);
  expect((await post('nonsense')).status).toBe(401);
});
