import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiCall, errorsOf, loggedIn, type LoggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { registration } from '../../../../test/builders.ts';

const world = useApp();

const visitor = () => loggedIn(world);

/** The code that was mailed last. */
async function newestCode(email: string): Promise<string> {
  const code = (await world.mails(email)).map(({ text }) => /^\d{6}$/m.exec(text)?.[0]).find(Boolean);
  if (!code) throw new Error(`no code was mailed to ${email}`);
  return code;
}

const headersOf = (code: string | undefined) => (code === undefined ? {} : { 'X-MFA-Code': code });
const act = (action: string, { token }: { token: string }, attributes: object = { type: 'email' }, code?: string) =>
  api(world, 'POST', `/multi-factor-auth-${action}`, { token, attributes, headers: headersOf(code) });

/** A customer with an active second factor, and a code that is right. */
async function guardedVisitor() {
  const somebody = await visitor();
  await act('type-activate', somebody);
  const code = await newestCode(somebody.email);
  const { status, text } = await act('type-verify', somebody, { type: 'email' }, code);
  if (status !== 204) throw new Error(text);
  return { ...somebody, code };
}

const statusOf = async ({ token }: { token: string }) =>
  (await api(world, 'GET', '/multi-factor-auth-types', { token })).json.data[0].attributes.status;

describe('a second factor', () => {
  test('is deactivated, then pending, then activated, then deactivated', async () => {
    const somebody = await visitor();
    const list = await api(world, 'GET', '/multi-factor-auth-types', somebody);
    expect(list.status).toBe(200);
    expect(list.json).toEqual({
      data: [
        {
          type: 'multi-factor-auth-types',
          id: null,
          attributes: { type: 'email', status: 'deactivated' },
          links: { self: 'http://shop.test/multi-factor-auth-types' },
        },
      ],
      links: { self: 'http://shop.test/multi-factor-auth-types' },
    });

    expect(await act('type-activate', somebody)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('activation is pending');

    const code = await newestCode(somebody.email);
    expect(await act('type-verify', somebody, { type: 'email' }, code)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('activated');

    expect(await act('trigger', somebody)).toMatchObject({ status: 204, text: '' });
    const second = await newestCode(somebody.email);
    expect(second).not.toBe(code);
    expect(await act('type-deactivate', somebody, { type: 'email' }, second)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(somebody)).toBe('deactivated');
  });

  test('can be begun again while it is pending, with a new code', async () => {
    const somebody = await visitor();
    await act('type-activate', somebody);
    const first = await newestCode(somebody.email);
    await act('type-activate', somebody);
    const second = await newestCode(somebody.email);

    expect(errorsOf(await act('type-verify', somebody, { type: 'email' }, first))).toEqual(['403/5901']);
    expect((await act('type-verify', somebody, { type: 'email' }, second)).status).toBe(204);
  });

  test('once deactivated is good for nothing, and neither is its code', async () => {
    const { code, ...somebody } = await guardedVisitor();
    await act('type-deactivate', somebody, { type: 'email' }, code);

    expect((await rename(somebody)).status).toBe(200);
    await act('type-activate', somebody);
    expect(errorsOf(await act('type-verify', somebody, { type: 'email' }, code))).toEqual(['403/5901']);
  });

  test('is of its customer alone', async () => {
    const [one, other] = [await guardedVisitor(), await visitor()];

    expect(await statusOf(one)).toBe('activated');
    expect(await statusOf(other)).toBe('deactivated');
  });
});

const rename = ({ token, reference }: LoggedIn, code?: string) =>
  api(world, 'PATCH', `/customers/${reference}`, {
    token,
    attributes: { firstName: 'Ida' },
    headers: headersOf(code),
  });

describe('what is wrong is told in the order of the contract', () => {
  const email = { type: 'email' };
  const actions = ['type-activate', 'type-verify', 'trigger', 'type-deactivate'];
  const cases: [action: string, state: 'off' | 'pending' | 'on', attributes: object, code: string, error: string][] = [
    ...['type-activate', 'trigger'].flatMap((action): typeof cases => [
      [action, 'off', {}, '', '400/5902'],
      [action, 'off', { type: '' }, '', '400/5902'],
      [action, 'off', { type: null }, '', '400/5902'],
      [action, 'off', { type: 7 }, '', '400/5902'],
      [action, 'off', { type: ['email'] }, '', '400/5902'],
      [action, 'off', { type: 'sms' }, '', '400/5906'],
      [action, 'off', { type: 'EMAIL' }, '', '400/5906'],
      [action, 'off', { type: '__proto__' }, '', '400/5906'],
      [action, 'on', {}, '', '400/5902'],
      [action, 'on', { type: 'sms' }, '', '400/5906'],
    ]),
    ['type-activate', 'on', email, '', '400/5904'],
    ['type-activate', 'on', email, '000', '400/5904'],
    ['trigger', 'off', email, '', '400/5906'],
    ['trigger', 'pending', email, '', '400/5906'],
    ...['type-verify', 'type-deactivate'].flatMap((action): typeof cases => [
      [action, 'off', email, '', '403/5900'],
      [action, 'off', email, ' ', '403/5900'],
      [action, 'off', {}, '', '403/5900'],
      [action, 'off', { type: 'sms' }, '', '403/5900'],
      [action, 'on', email, '', '403/5900'],
      [action, 'off', {}, '000', '400/5902'],
      [action, 'on', { type: '' }, '000', '400/5902'],
      [action, 'off', { type: 'sms' }, '000', '400/5906'],
      [action, 'on', { type: 'sms' }, '000', '400/5906'],
      [action, 'off', email, '000', '400/5906'],
    ]),
    ['type-verify', 'pending', email, '', '403/5900'],
    ['type-verify', 'pending', email, '000', '403/5901'],
    ['type-verify', 'on', email, '000', '400/5904'],
    ['type-deactivate', 'pending', email, '000', '400/5906'],
    ['type-deactivate', 'on', email, '000', '403/5901'],
  ];

  const people = {} as Record<'off' | 'pending' | 'on', LoggedIn>;
  beforeAll(async () => {
    Object.assign(people, { off: await visitor(), pending: await visitor(), on: await guardedVisitor() });
    await act('type-activate', people.pending);
  });

  test.for(cases)('%s of a factor that is %s, with %j and code %j: %s', async ([action, state, given, code, error]) => {
    expect(errorsOf(await act(action, people[state], given, code))).toEqual([error]);
  });

  test.for<[action: string, state: 'off' | 'on', attributes: object, code: string | undefined, text: string]>([
    ['type-verify', 'off', {}, undefined, '{"detail":"X-MFA-Code header is missing.","status":403,"code":"5900"}'],
    ['type-deactivate', 'on', email, '000', '{"detail":"X-MFA-Code is invalid.","status":403,"code":"5901"}'],
    ['trigger', 'off', {}, '', '{"detail":"Multi-factor authentication type is missing.","status":400,"code":"5902"}'],
    [
      'type-activate',
      'on',
      email,
      '',
      '{"detail":"Multi-factor authentication type already activated.","status":400,"code":"5904"}',
    ],
    [
      'trigger',
      'off',
      email,
      '',
      '{"detail":"Multi-factor authentication type is not found.","status":400,"code":"5906"}',
    ],
  ])('in the words of the contract: %s, %s, %j', async ([action, state, given, code, text]) => {
    expect((await act(action, people[state], given, code)).text).toBe(`{"errors":[${text}]}`);
  });

  test.for(actions)('%s without a token, with a bad one, of another type', async (action) => {
    const path = `/multi-factor-auth-${action}`;
    const ask = (call: ApiCall) => api(world, 'POST', path, call);

    expect(errorsOf(await ask({ attributes: {} }))).toEqual(['403/002']);
    expect(errorsOf(await ask({ attributes: {}, token: 'nonsense' }))).toEqual(['401/001']);
    expect((await ask({ body: { data: { type: 'x', attributes: email } } })).text).toBe(
      '{"errors":[{"detail":"Invalid type.","status":400}]}',
    );
    expect(errorsOf(await api(world, 'GET', path, people.off))).toEqual(['404']);
  });

  test('the list without a token', async () => {
    expect(errorsOf(await api(world, 'GET', '/multi-factor-auth-types'))).toEqual(['403/002']);
    expect(errorsOf(await api(world, 'POST', '/multi-factor-auth-types', { attributes: {} }))).toEqual(['404']);
  });
});

describe('an agent who acts for nobody has no second factor here', () => {
  const NOBODY = '{"errors":[{"detail":"No customer identifier provided.","status":400,"code":"5905"}]}';
  let duty: { token: string };
  beforeAll(async () => {
    duty = { token: (await agentToken(world, (await agent(world)).email)).accessToken };
  });

  test.for(['type-activate', 'trigger'])('%s', async (action) => {
    for (const attributes of [{ type: 'email' }, {}]) expect((await act(action, duty, attributes)).text).toBe(NOBODY);
  });

  test.for(['type-verify', 'type-deactivate'])('%s with a code', async (action) => {
    for (const attributes of [{ type: 'email' }, {}])
      expect((await act(action, duty, attributes, '000000')).text).toBe(NOBODY);
  });

  test.for(['type-verify', 'type-deactivate'])('%s without a code misses it first', async (action) => {
    expect(errorsOf(await act(action, duty))).toEqual(['403/5900']);
  });

  test('list', async () => {
    expect((await api(world, 'GET', '/multi-factor-auth-types', duty)).text).toBe(NOBODY);
  });
});

test('log-in and registration never ask for a code', async () => {
  const { email } = await guardedVisitor();

  await expect(logIn(world, email)).resolves.toBeDefined();
  expect((await api(world, 'POST', '/customers', { attributes: registration() })).status).toBe(201);
});
