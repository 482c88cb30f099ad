import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, loggedIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD, registration, somebody } from '../../../test/builders.ts';

const world = useApp({ MAIL_REQUESTS: '100000' });

const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';

const visitor = () => loggedIn(world);

/** Who sends what is sent here, where it does not matter who. */
let me: Awaited<ReturnType<typeof visitor>>;
beforeAll(async () => {
  me = await visitor();
});

const both = { password: PASSWORD, confirmPassword: PASSWORD };
const profile = { gender: 'Male', salutation: 'Dr', firstName: 'A', lastName: 'B', dateOfBirth: '1990-01-01' };

/** Every operation that reads a body, with attributes that are in order. */
const writers: readonly [method: string, path: string, attributes: () => Record<string, unknown>][] = [
  ['POST', '/access-tokens', () => ({ username: somebody().email, password: PASSWORD })],
  ['POST', '/refresh-tokens', () => ({ refreshToken: 'x' })],
  ['POST', '/customers', registration],
  ['PATCH', '/customers/{own}', () => ({ email: somebody().email, ...profile, ...both })],
  [
    'PATCH',
    '/customer-password/{own}',
    () => ({ password: 'wrong', newPassword: PASSWORD, confirmPassword: PASSWORD }),
  ],
  ['POST', '/customer-forgotten-password', () => ({ email: somebody().email })],
  ['PATCH', '/customer-restore-password/x', () => ({ restorePasswordKey: 'x', ...both })],
  ['POST', '/customer-confirmation', () => ({ registrationKey: 'x' })],
];
const fields = writers.flatMap(([method, path, attributes]) =>
  Object.keys(attributes()).map((name) => [method, path, name, attributes] as const),
);
const send = (method: string, path: string, attributes: Record<string, unknown>) => {
  const type = path.split('/')[1];
  const own = path.includes('{own}') ? { token: me.token } : {};
  return api(world, method, path.replace('{own}', me.reference), { ...own, body: { data: { type, attributes } } });
};

const strange = ['a\0b', 'a\ud800b', '\udc00', '\uffff', '\ufeff', '\u202e'];

describe('an attribute', () => {
  test.for(fields)('%s %s %s may hold any character and any type', async ([method, path, name, attributes]) => {
    for (const text of strange) {
      // As it is, and where rules let it through.
      for (const value of [text, `${text}@example.org`, `Aa1!Aa1!Bb2@${text}`]) {
        expect((await send(method, path, { ...attributes(), [name]: value })).status).toBeLessThan(500);
      }
    }
    for (const value of [true, 0, -1, 1e308, [], ['x'], [[]], {}, { length: 5 }, { toString: 'x' }]) {
      const { status } = await send(method, path, { ...attributes(), [name]: value });
      const fits = (name === 'acceptedTerms' && value === true) || (name === 'dateOfBirth' && method === 'POST');
      expect(fits ? [201] : [400, 401, 422]).toContain(status);
    }
    expect((await send(method, path, { ...attributes(), [name]: null })).status).toBeLessThan(500);
  });

  test.for(strange.slice(0, 3))('with %j is never stored', async (firstName) => {
    for (const answer of [
      await send('POST', '/customers', { ...registration(), firstName }),
      await send('PATCH', '/customers/{own}', { firstName }),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.json.errors).toEqual([
        { detail: expect.stringMatching(/^firstName => /), status: 422, code: '901' },
      ]);
    }
  });

  test('and a type may be called anything', async () => {
    for (const text of strange) {
      expect(
        errorsOf(await api(world, 'POST', '/access-tokens', { body: { data: { type: text, attributes: {} } } })),
      ).toEqual(['400']);
      expect(
        errorsOf(
          await api(world, 'POST', '/access-tokens', {
            body: { data: { type: 'access-tokens', attributes: { [text]: text } } },
          }),
        ),
      ).toEqual(['422/901', '422/901']);
    }
  });
});

test.for([
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%',
  '%zz',
  '%E0%A4%A',
  '%C0%AE',
  '%2F',
  '%2e%2e',
  '..',
  '.',
  '%FF',
  '%0d%0aSet-Cookie:a',
  '%25',
  '+',
  '~',
  '*',
  "'",
  '"',
  '%5C',
  '%F0%9F%92%A9',
])('a path with %j finds nothing', async (part) => {
  const { token, reference } = me;

  for (const path of [`/${part}`, `/${part}/x`])
    expect(await api(world, 'GET', path, { token })).toMatchObject({ status: 404, text: NOT_FOUND });
  for (const id of [part, `${reference}${part}`])
    expect(errorsOf(await api(world, 'GET', `/customers/${id}`, { token }))).toEqual(['404/402']);
  expect(errorsOf(await api(world, 'DELETE', `/customers/${part}`, { token }))).toEqual(['403/411']);
  expect(await api(world, 'DELETE', `/refresh-tokens/${part}`, { token })).toMatchObject({ status: 204 });
  expect(
    errorsOf(
      await api(world, 'PATCH', `/customer-restore-password/${part}`, {
        body: { data: { type: 'customer-restore-password', attributes: { restorePasswordKey: 'x', ...both } } },
      }),
    ),
  ).toEqual(['422/415']);
});

test.for(['%00', '%ED%A0%80', '%', '%zz', '%FF', '__proto__', 'constructor', '%F0%9F%92%A9', '[]', ']', '[['])(
  'a query with %j is harmless',
  async (part) => {
    const { own, token } = me;
    const names = ['include', 'sort', 'fields[customers]', `fields[${part}]`, 'filter[a.b]', part];

    expect(
      await api(world, 'GET', `${own}?${names.map((name) => `${name}=${part}`).join('&')}`, { token }),
    ).toMatchObject({ status: 200 });
    expect(errorsOf(await api(world, 'GET', `${own}?_store=${part}`, { token }))).toEqual(['404/601']);
    expect(errorsOf(await api(world, 'GET', `${own}?currency=${part}`, { token }))).toEqual(['400/313']);
    expect(await api(world, 'GET', `${own}?page[offset]=${part}&page[limit]=${part}`, { token })).toMatchObject({
      status: 400,
    });
  },
);

test.for([
  'Accept',
  'Accept-Language',
  'Content-Type',
  'Store',
  'Authorization',
  'X-Agent-Authorization',
  'X-Anonymous-Customer-Unique-Id',
  'X-Request-Id',
  'X-Forwarded-For',
  'Origin',
  'Cookie',
  'If-Match',
  'Host',
])('whatever is legal in %s is no error of ours', async (name) => {
  for (const value of [
    '\u00ff\u00fe',
    '\t',
    '"',
    ',,,;;;===',
    ';q=9999999999',
    '__proto__',
    'x'.repeat(8000),
    '%00',
    'Bearer \u00ff.\u00fe.\u00fd',
    '[::',
  ]) {
    for (const [method, path] of [
      ['GET', '/access-tokens'],
      ['GET', '/customers'],
      ['POST', '/access-tokens'],
      ['POST', '/token'],
    ] as const) {
      const answer = await api(world, method, path, {
        headers: { [name]: value },
        ...(method === 'POST' ? { body: { data: { type: 'access-tokens', attributes: {} } } } : {}),
      });
      expect(answer.status).toBeLessThan(500);
    }
  }
});
