import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, type ApiCall, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import {
  activeCustomer,
  PASSWORD,
  somebody,
  strangersRegistration,
  OTHER_PASSWORD,
} from '../../../../test/builders.ts';
import { lockAccount, registerCustomer, registerQuietly } from '../../../domain/customers/index.ts';
import type { Hasher } from '../../../platform/crypto/hasher.ts';

const world = useApp({ STOREFRONT_API_SILENT_REGISTRATION: 'true' });

const both = (password: string) => ({ password, confirmPassword: password });
const register = (
  email: string,
  changes: object = {},
  { path = '/customers', ...call }: ApiCall & { path?: string } = {},
) => api(world, 'POST', path, { attributes: strangersRegistration(email, changes), ...call });
const newAddress = () => somebody().email;

/** An answer with everything in it that differs between any two registrations written alike. */
function alike(answer: ApiAnswer, email: string) {
  const { id, attributes } = answer.json.data;
  const masked = [id, email, attributes.createdAt].reduce(
    (text: string, value: string) => text.replaceAll(JSON.stringify(value).slice(1, -1), '…'),
    answer.text,
  );
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status: answer.status, statusText: answer.statusText, headers, text: masked };
}

const numberOf = ({ json }: ApiAnswer) => Number(/^[A-Z]+--(\d+)$/.exec(json.data.id)?.[1]);

describe('a taken address is answered like a new one', () => {
  let taken: string;
  beforeAll(async () => {
    taken = (await activeCustomer(world)).email;
  });

  test.for<[name: string, changes: object, call?: ApiCall & { path?: string }]>([
    ['as it is', {}],
    ['with a date of birth', { dateOfBirth: '1990-02-28' }],
    ['with a date that is none', { dateOfBirth: '1990-02-31' }],
    ['with a date of the wrong type', { dateOfBirth: 7 }],
    ['with names of blanks', { firstName: ' Eva ', lastName: ' ' }],
    ['with names of any script', { firstName: 'Þórunn\u0301', lastName: '李 \u{1F431}\t' }],
    ['with members of its own', { id: 'DE--1', createdAt: '2001-01-01', newsletter: true, company: 'X' }],
    ['with addresses included', {}, { path: '/customers?include=addresses' }],
    ['with fewer fields', {}, { path: '/customers?fields[customers]=email,createdAt' }],
    ['in another store', {}, { headers: { Store: 'US' } }],
    ['in another language', {}, { headers: { 'Accept-Language': 'en' } }],
    ['with a cart', {}, { headers: { 'X-Anonymous-Customer-Unique-Id': 'me' } }],
  ])('%s', async ([, changes, call = {}]) => {
    const email = newAddress();

    const [answer, expected] = [await register(taken, changes, call), await register(email, changes, call)];

    expect(expected.status).toBe(201);
    expect(alike(answer, taken)).toEqual(alike(expected, email));
    expect(Object.keys(answer.json.data.attributes)).toEqual(Object.keys(expected.json.data.attributes));
  });

  test('whatever the state of the account, and in any letter case', async () => {
    const { email: unconfirmed } = await registerCustomer(world.app, somebody());
    const [active, locked] = [await activeCustomer(world), await activeCustomer(world)];
    await lockAccount(world.app, locked.id);
    const email = newAddress();
    const expected = alike(await register(email), email);

    for (const email of [unconfirmed, active.email, locked.email, active.email.toUpperCase()])
      expect(alike(await register(email), email)).toEqual(expected);
    expect(alike(await register(email), email)).toEqual(expected);
  });

  test('with a time of its own, not that of the account', async () => {
    const { email, createdAt } = await activeCustomer(world);
    world.now = new Date(world.now.getTime() + 86_400_000);
    const before = world.now;

    const { attributes } = (await register(email)).json.data;

    const shown = new Date(`${attributes.createdAt.replace(' ', 'T')}Z`);
    expect(shown.getTime()).toBeGreaterThan(before.getTime());
    expect(shown.getTime()).toBeGreaterThan(createdAt.getTime());
    expect(attributes.updatedAt).toBe(attributes.createdAt);
    expect(attributes.createdAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  });

  test('after the same work: the password is hashed once for either', async () => {
    const hashed: string[] = [];
    const hasher: Hasher = {
      ...world.app.hasher,
      hash: (password) => {
        hashed.push(password);
        return world.app.hasher.hash(password);
      },
    };

    await registerQuietly({ ...world.app, hasher }, somebody({ email: taken, password: 'Taken-Horse-7-Battery' }));
    await registerQuietly({ ...world.app, hasher }, somebody({ password: 'Fresh-Horse-7-Battery' }));

    expect(hashed).toEqual(['Taken-Horse-7-Battery', 'Fresh-Horse-7-Battery']);
  });
});

describe('the reference in the answer', () => {
  test('is the next one, and nobody else gets it', async () => {
    const { email, reference } = await activeCustomer(world);

    const answers = [await register(newAddress()), await register(email), await register(newAddress())];

    const [first = 0, ...rest] = answers.map(numberOf);
    expect(rest).toEqual([first + 1, first + 2]);
    expect(answers[1]?.json.data.id).not.toBe(reference);
    expect(await world.sql('select 1 from customer where reference = $1', [answers[1]?.json.data.id])).toEqual([]);
  });

  test('is one of its own each, of ten at once', async () => {
    const email = newAddress();

    const answers = await Promise.all(Array.from({ length: 10 }, () => register(email)));

    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ json }) => json.data.id)).size).toBe(10);
    expect(await world.sql('select 1 from customer where email = $1', [email])).toHaveLength(1);
  });

  const paths = (reference: string): [method: string, path: string, attributes?: object][] => [
    ['GET', `/customers/${reference}`],
    ['GET', `/customers/${reference}?include=addresses`],
    ['PATCH', `/customers/${reference}`, { firstName: 'Ida' }],
    ['DELETE', `/customers/${reference}`],
    ['GET', `/customers/${reference}/addresses`],
    ['POST', `/customers/${reference}/addresses`, {}],
    ['GET', `/customers/${reference}/orders`],
    ['GET', `/customers/${reference}/carts`],
    ['GET', `/customers/${reference}/availability-notifications`],
    [
      'PATCH',
      `/customer-password/${reference}`,
      { password: OTHER_PASSWORD, newPassword: PASSWORD, confirmPassword: PASSWORD },
    ],
    ['PATCH', `/customer-restore-password/${reference}`, { restorePasswordKey: 'x', ...both(OTHER_PASSWORD) }],
    ['POST', '/customer-confirmation', { registrationKey: reference }],
    ['POST', '/agent-customer-impersonation-access-tokens', { customerReference: reference }],
  ];

  test('tells nothing at any door, with the token of another or without', async () => {
    const { email } = await activeCustomer(world);
    const { accessToken: token } = await logIn(world, (await activeCustomer(world)).email);
    const [unreal, real] = [await register(email), await register(newAddress())].map(({ json }) => json.data.id);

    for (const call of [{ token }, {}])
      for (const [at, [method, path, attributes]] of paths(unreal).entries()) {
        const answers = [path, paths(real)[at]?.[1] ?? ''].map((path) =>
          api(world, method, path, { ...call, attributes }),
        );
        const [one, other] = await Promise.all(answers);
        expect(one?.status, `${method} ${path}`).toBe(other?.status);
        expect(one?.text.replaceAll(unreal, '…')).toBe(other?.text.replaceAll(real, '…'));
      }
  });
});

test.for(['/access-tokens', '/token', '/glue-storefront/token'])(
  'logging in at %s with what was sent fails for either',
  async (path) => {
    const [taken, email] = [(await activeCustomer(world)).email, newAddress()];
    const tries = [taken, email].map(async (username) => {
      await register(username);
      return api(
        world,
        'POST',
        path,
        path === '/access-tokens'
          ? { attributes: { username, password: OTHER_PASSWORD } }
          : { body: new URLSearchParams({ grant_type: 'password', username, password: OTHER_PASSWORD }).toString() },
      );
    });

    const [one, other] = await Promise.all(tries);
    expect(one?.status).toBe(path === '/access-tokens' ? 401 : 400);
    expect({ ...one, headers: null }).toEqual({ ...other, headers: null });
  },
);

test('a forgotten password is answered alike', async () => {
  const taken = await activeCustomer(world);
  for (const email of [taken.email, newAddress(), 'nobody@example.org']) {
    await register(email);
    expect(await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } })).toMatchObject({
      status: 204,
      text: '',
    });
  }
});
