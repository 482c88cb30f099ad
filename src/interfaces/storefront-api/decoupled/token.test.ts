import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { anonymizeCustomer, lockAccount, registerCustomer } from '../../../domain/customers/index.ts';
import { grantStaff } from '../../../domain/staff/index.ts';

const world = useApp();

const FORM = 'application/x-www-form-urlencoded';
const JSON_API = 'application/vnd.api+json';
type Where = 'storefront' | 'backend';

/** Asks for a token; an object is sent as JSON, whatever the header says. */
const ask = (where: Where, body: unknown, type = FORM) =>
  api(world, 'POST', `/glue-${where}/token`, { body, headers: { 'Content-Type': type } });
const logInAt = (where: Where, username: string, password = PASSWORD) =>
  ask(where, { grant_type: 'password', username, password });

const person = async (where: Where) =>
  where === 'storefront' ? activeCustomer(world) : agent(world, { isAgent: false });
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

const error = (code: string, message: string) => JSON.stringify([{ message, status: 400, code }]);
const WRONG = error('invalid_grant', 'The user credentials were incorrect.');
const INCOMPLETE = error(
  'invalid_request',
  'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
);
const unsupported = (grant: string) => error('unsupported_grant_type', `Grant type "${grant}" not found`);

describe.for(['storefront', 'backend'] as const)('at the %s', (where) => {
  const form = (username: string) =>
    new URLSearchParams({ grant_type: 'password', username, password: PASSWORD }).toString();

  test.for<[name: string, type: string, body: (username: string) => unknown]>([
    ['a form', FORM, form],
    ['a form with what OAuth clients send besides', FORM, (email) => `${form(email)}&scope=&client_id=&client_secret=`],
    ['JSON that says it is a form', FORM, (username) => ({ grant_type: 'password', username, password: PASSWORD })],
    ['JSON', 'application/json', (username) => ({ grant_type: 'password', username, password: PASSWORD })],
    ['JSON in camelCase', 'application/json', (username) => ({ grantType: 'password', username, password: PASSWORD })],
    [
      'JSON that says it is text',
      'text/plain;charset=UTF-8',
      (username) => ({ grantType: 'password', username, password: PASSWORD }),
    ],
  ])('%s gets a flat object in snake case', async ([, type, body]) => {
    const { email } = await person(where);

    const { status, headers, json } = await ask(where, body(email), type);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(Object.entries(json)).toEqual([
      ['token_type', 'Bearer'],
      ['expires_in', 28_800],
      ['access_token', expect.stringMatching(/^ey/)],
      ['refresh_token', expect.any(String)],
    ]);
  });

  test('in the other dialect a resource without an id is asked for and answered', async () => {
    const { email } = await person(where);
    const attributes = { grantType: 'password', username: email, password: PASSWORD };

    const { status, headers, json } = await ask(where, { data: { type: 'token', attributes } }, JSON_API);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(JSON_API);
    expect(Object.keys(json)).toEqual(['data']);
    expect(Object.keys(json.data)).toEqual(['type', 'attributes', 'links']);
    expect(json.data.type).toBe('token');
    const refused = await ask(
      where,
      { data: { type: 'token', attributes: { ...attributes, password: 'x' } } },
      JSON_API,
    );
    expect(refused.status).toBe(400);
    expect(refused.text).toBe(`{"errors":${WRONG}}`);
    expect((await ask(where, attributes, JSON_API)).text).toBe(`{"errors":${unsupported('')}}`);
  });

  test.for<[body: unknown, text: string]>([
    ['', unsupported('')],
    [{}, unsupported('')],
    ['{', unsupported('')],
    ['null', unsupported('')],
    ['[["grantType","password"]]', unsupported('')],
    [{ grant_type: '', username: 'ida@example.org', password: 'x' }, unsupported('')],
    [{ grant_type: ['password'], username: 'ida@example.org', password: 'x' }, unsupported('')],
    [{ grant_type: null }, unsupported('')],
    [{ grant_type: 'Password' }, unsupported('Password')],
    [{ grant_type: '"<b>' }, unsupported('"<b>')],
    [{ grant_type: 'refresh_token', refresh_token: 'x' }, unsupported('refresh_token')],
    ['grant_type=client_credentials', unsupported('client_credentials')],
    [{ data: { attributes: { grantType: 'password' } } }, unsupported('')],
    [{ grant_type: 'password' }, INCOMPLETE],
    [{ grant_type: 'password', username: 'ida@example.org' }, INCOMPLETE],
    [{ grant_type: 'password', username: 'ida@example.org', password: '' }, INCOMPLETE],
    [{ grant_type: 'password', username: '', password: 'x' }, INCOMPLETE],
    [{ grant_type: 'password', username: 7, password: ['x'] }, INCOMPLETE],
    ['grant_type=password&password=x', INCOMPLETE],
    [{ grant_type: 'password', username: 'nobody@example.org', password: PASSWORD }, WRONG],
    [{ grant_type: 'password', username: 'no address', password: 'x' }, WRONG],
    [{ grant_type: 'password', username: '\0\uD800', password: '\0\uDFFF' }, WRONG],
    [{ grant_type: 'password', username: 'x'.repeat(50_000), password: 'x'.repeat(50_000) }, WRONG],
  ])('%j is refused', async ([body, text]) => {
    const answer = await ask(where, body);

    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.text).toBe(text);
  });

  test('a wrong password, and somebody of the other kind, read like nobody', async () => {
    const { email } = await person(where);
    const other = await person(where === 'backend' ? 'storefront' : 'backend');

    expect(await logInAt(where, email, `${PASSWORD}!`)).toMatchObject({ status: 400, text: WRONG });
    expect(await logInAt(where, other.email)).toMatchObject({ status: 400, text: WRONG });
    expect(await logInAt(where, email.toUpperCase())).toMatchObject({ status: 200 });
  });

  test('guessing is bounded, reads like a wrong password and blocks nobody at other doors', async () => {
    const { email } = where === 'storefront' ? await activeCustomer(world) : await agent(world);
    for (let attempt = 1; attempt <= 9; attempt++) await logInAt(where, email, `wrong ${attempt}`);

    expect(await logInAt(where, email)).toMatchObject({ status: 400, text: WRONG });
    await expect(where === 'storefront' ? logIn(world, email) : agentToken(world, email)).resolves.toBeDefined();
    pass(361);
    expect(await logInAt(where, email)).toMatchObject({ status: 200 });
  });

  test('no second factor is asked for', async () => {
    const { id, email } = await person(where);
    await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [id, world.now]);

    expect(await logInAt(where, email)).toMatchObject({ status: 200 });
  });

  test.for(['GET', 'PATCH', 'DELETE', 'PUT'])('%s is not there', async (method) => {
    const answer = await api(world, method, `/glue-${where}/token`, { headers: { Accept: '*/*' } });

    expect(answer).toMatchObject({
      status: 404,
      text: '[{"message":"Method does not exist","status":404,"code":"008"}]',
    });
  });
});

describe("a customer's token", () => {
  test('says whose it is and works at the other application for shoppers', async () => {
    const { email, reference, number } = await activeCustomer(world);

    const { access_token: token, refresh_token: refreshToken } = (await logInAt('storefront', email)).json;

    const { sub, scopes, aud } = claimsOf(token);
    expect({ scopes, aud }).toEqual({ scopes: ['customer'], aud: 'frontend' });
    expect(JSON.parse(sub)).toMatchObject({ customer_reference: reference, id_customer: number, id_agent: null });
    expect((await api(world, 'GET', `/customers/${reference}`, { token })).status).toBe(200);
    expect((await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } })).status).toBe(201);
  });

  test('is not for those who are unconfirmed, locked or erased', async () => {
    const { email: unconfirmed } = await registerCustomer(world.app, somebody());
    const [locked, erased] = [await activeCustomer(world), await activeCustomer(world)];
    await lockAccount(world.app, locked.id);
    await anonymizeCustomer(world.app, erased.id);

    for (const email of [unconfirmed, locked.email, erased.email])
      expect(await logInAt('storefront', email)).toMatchObject({ status: 400, text: WRONG });
  });
});

describe("a staff user's token", () => {
  test.for([true, false])('says who they are, an agent or not: %s', async (isAgent) => {
    const { email, number, id } = await agent(world, { isAgent });

    const { sub, scopes } = claimsOf((await logInAt('backend', email)).json.access_token);

    expect(scopes).toEqual(['user', 'back-office-user']);
    expect(sub).toBe(JSON.stringify({ user_reference: email, id_user: number, uuid: id }));
  });

  test.for(['blocked', 'deleted'] as const)('is not for those who are %s, and ends then', async (state) => {
    const { email } = await agent(world, { isAgent: true });
    const token = (await logInAt('backend', email)).json.access_token;
    await grantStaff(world.app, email, { state });

    expect(await logInAt('backend', email)).toMatchObject({ status: 400, text: WRONG });
    expect((await api(world, 'GET', '/glue-backend/multi-factor-auth-types', { token })).status).toBe(401);
  });

  test('opens nothing in the Storefront REST application, neither as a customer nor as an agent', async () => {
    const { email } = await agent(world, { isAgent: true });
    const token = (await logInAt('backend', email)).json.access_token;
    const search = (call: object) => api(world, 'GET', '/agent-customer-search?q=ida', call);

    expect(errorsOf(await api(world, 'GET', '/customers', { token }))).toEqual(['401/001']);
    expect(errorsOf(await search({ token }))).toEqual(['401/001']);
    expect(errorsOf(await search({ headers: { 'X-Agent-Authorization': `Bearer ${token}` } }))).toEqual(['401/4102']);
  });

  test('is written down, and so is every refusal', async () => {
    const { email, id } = await agent(world, { isAgent: false });
    await logInAt('backend', email, 'wrong');
    await logInAt('backend', email);

    const entries = await world.sql(
      "select action, facts->>'door' as door from audit_entry where facts->>'staff' = $1 and action like 'staff.sign%' order by at",
      [id],
    );
    expect(entries).toEqual([
      { action: 'staff.sign-in-refused', door: 'staff-token' },
      { action: 'staff.signed-in', door: 'staff-token' },
    ]);
  });
});
