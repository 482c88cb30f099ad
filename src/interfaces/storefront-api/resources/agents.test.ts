import { beforeEach, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { grantStaff } from '../../../domain/staff/index.ts';

const world = useApp();

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
// Refused log-ins of one test do not count in the next.
beforeEach(() => pass(3600));

const attempt = (attributes: unknown, headers: Record<string, string> = {}) =>
  api(world, 'POST', '/agent-access-tokens', { attributes, headers });
const wrongly = (username: string) => attempt({ username, password: 'wrong' });

describe('an agent who logs in', () => {
  test('gets a pair of tokens, without an id', async () => {
    const { email } = await agent(world);

    const answer = await attempt({ username: email, password: PASSWORD });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(answer.json).toEqual({
      data: {
        type: 'agent-access-tokens',
        id: null,
        attributes: {
          tokenType: 'Bearer',
          expiresIn: 28_800,
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
        },
        links: { self: 'http://shop.test/agent-access-tokens' },
      },
    });
  });

  test('is named in the token, and nobody else', async () => {
    const { email, number } = await agent(world);
    const { accessToken } = await agentToken(world, email);

    const [header, claims] = accessToken
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));

    expect(header).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    expect(claims).toMatchObject({ aud: 'frontend', scopes: ['agent'] });
    expect(claims.jti).toMatch(/^[\da-f]{80}$/);
    expect(claims.exp - claims.iat).toBeCloseTo(28_800, 0);
    expect(JSON.parse(claims.sub)).toEqual({
      customer_reference: null,
      id_customer: null,
      id_company_user: null,
      id_agent: number,
      permissions: null,
    });
  });

  test('may write the address in any letter case, and send members that mean nothing', async () => {
    const { email } = await agent(world);

    const answer = await attempt({ username: email.toUpperCase(), password: PASSWORD, isAgent: false, roles: ['x'] });

    expect(answer.status).toBe(201);
  });
});

describe('whatever is wrong with the credentials is 401/4101', () => {
  const TEXT = '{"errors":[{"detail":"Failed to authenticate an agent.","status":401,"code":"4101"}]}';

  test.for<[name: string, attributes: object]>([
    ['nothing', {}],
    ['no password', { username: 'ana@shop.example' }],
    ['no address', { password: PASSWORD }],
    ['both blank', { username: '', password: '' }],
    ['both null', { username: null, password: null }],
    ['no address at all', { username: 'ana', password: PASSWORD }],
    ['numbers', { username: 7, password: 7 }],
    ['lists', { username: ['ana@shop.example'], password: [PASSWORD] }],
    ['objects', { username: { $ne: '' }, password: { $ne: '' } }],
    ['a NUL', { username: 'ana\0@shop.example', password: '\0' }],
    ['half a pair', { username: '\uD800', password: '\uD800' }],
    ['an inherited name', { __proto__: { username: 'ana@shop.example' }, constructor: 'x' }],
    ['somebody unknown', { username: 'nobody@shop.example', password: PASSWORD }],
  ])('%s', async ([, attributes]) => {
    const answer = await attempt(attributes);

    expect([answer.status, answer.text]).toEqual([401, TEXT]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
  });

  test.for<[name: string, make: () => Promise<string>]>([
    ['a customer', async () => (await activeCustomer(world)).email],
    ['staff who are no agents', async () => (await agent(world, { isAgent: false })).email],
    ...(['blocked', 'deleted'] as const).map((state): [string, () => Promise<string>] => [
      `an agent who was ${state}`,
      async () => (await grantStaff(world.app, (await agent(world)).email, { state })).email,
    ]),
  ])('the right password of %s', async ([, make]) => {
    const answer = await attempt({ username: await make(), password: PASSWORD });

    expect([answer.status, answer.text]).toEqual([401, TEXT]);
  });

  test('a wrong password', async () => {
    expect(await wrongly((await agent(world)).email)).toMatchObject({ status: 401, text: TEXT });
  });

  test('what is wrong with the body is told before', async () => {
    const send = (body: unknown) => api(world, 'POST', '/agent-access-tokens', { body });

    expect(await send({ data: { type: 'access-tokens', attributes: {} } })).toMatchObject({
      status: 400,
      text: '{"errors":[{"detail":"Invalid type.","status":400}]}',
    });
    expect(await send({ data: { type: 'agent-access-tokens' } })).toMatchObject({
      status: 400,
      text: '{"errors":[{"detail":"Post data is invalid.","status":400}]}',
    });
  });
});

describe('guessing', () => {
  test('ends after nine failures, for the right password too, in the language of the request', async () => {
    const { email } = await agent(world);
    for (let failure = 1; failure <= 9; failure++) expect(errorsOf(await wrongly(email))).toEqual(['401/4101']);

    const right = { username: email, password: PASSWORD };
    expect((await attempt(right, { 'Accept-Language': 'en' })).json.errors).toEqual([
      {
        detail: 'Too many log in attempts from your address. Please wait 6 minutes before trying again.',
        status: 429,
        code: '4401',
      },
    ]);
    const german = await attempt({ ...right, username: email.toUpperCase() }, { 'Accept-Language': 'de' });
    expect(german.status).toBe(429);
    expect(german.json.errors[0].detail).toBe('Warten Sie bitte 6 Minuten, bevor Sie es erneut versuchen.');

    pass(361);
    expect((await attempt(right)).status).toBe(201);
  });

  test('counts an international domain in letters and in Punycode together', async () => {
    const { email } = await agent(world, { email: 'duty@Bücher.example' });
    for (let failure = 1; failure <= 9; failure++)
      await wrongly(failure % 2 ? 'duty@bücher.example' : 'DUTY@xn--bcher-kva.example');

    for (const username of [email, 'duty@xn--bcher-kva.example'])
      expect((await attempt({ username, password: PASSWORD })).status).toBe(429);
  });

  test('a block is told before a bad token is', async () => {
    const { email } = await agent(world);
    for (let failure = 1; failure <= 9; failure++) await wrongly(email);

    for (const headers of [{ Authorization: 'Bearer nonsense' }, { 'X-Agent-Authorization': 'Bearer nonsense' }])
      expect(errorsOf(await attempt({ username: email, password: PASSWORD }, headers))).toEqual(['429/4401']);
  });

  test('failures a quarter of an hour apart are not counted together', async () => {
    const { email } = await agent(world);
    for (let failure = 1; failure <= 8; failure++) await wrongly(email);
    pass(901);
    for (let failure = 1; failure <= 8; failure++) await wrongly(email);

    expect((await attempt({ username: email, password: PASSWORD })).status).toBe(201);
  });

  test('a log-in in between does not start the count again', async () => {
    const { email } = await agent(world);
    for (let failure = 1; failure <= 8; failure++) await wrongly(email);
    expect((await attempt({ username: email, password: PASSWORD })).status).toBe(201);
    expect(errorsOf(await wrongly(email))).toEqual(['401/4101']);

    expect(errorsOf(await attempt({ username: email, password: PASSWORD }))).toEqual(['429/4401']);
  });

  test('of fifty guesses at once nine are looked at', async () => {
    const { email } = await agent(world);

    const answers = await Promise.all(Array.from({ length: 50 }, () => wrongly(email)));

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(41);
  });

  test('at an agent does not block a customer of the same address, nor the other way round', async () => {
    const { email } = await activeCustomer(world);
    await agent(world, { email });
    for (let failure = 1; failure <= 9; failure++) await wrongly(email);

    expect(errorsOf(await wrongly(email))).toEqual(['429/4401']);
    await expect(logIn(world, email)).resolves.toBeDefined();

    pass(3600);
    for (let failure = 1; failure <= 9; failure++)
      await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: 'wrong' } });
    await expect(logIn(world, email)).rejects.toThrow('429');
    await expect(agentToken(world, email)).resolves.toBeDefined();
  });

  test('is written down for a staff user, without the password', async () => {
    const { email, id } = await agent(world);
    await attempt({ username: email, password: 'a-guess-nobody-else-makes' });
    await agentToken(world, email);

    const entries = await world.sql(
      "select action, actor, actor_id, facts from audit_entry where facts->>'staff' = $1 and action like 'staff.sign%' order by at",
      [id],
    );
    expect(entries).toEqual([
      {
        action: 'staff.sign-in-refused',
        actor: 'anyone',
        actor_id: null,
        facts: { door: 'agent', blocked: false, staff: id },
      },
      { action: 'staff.signed-in', actor: 'agent', actor_id: id, facts: { door: 'agent', staff: id } },
    ]);
  });
});
