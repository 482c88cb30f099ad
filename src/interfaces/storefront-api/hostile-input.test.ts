import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';

const world = useApp({ MAIL_REQUESTS: '100000' });

const INVALID = '{"errors":[{"detail":"Post data is invalid.","status":400}]}';
const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';

async function visitor() {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  return { ...customer, token, own: `/customers/${customer.reference}` };
}

/** Attributes that register. */
function registration() {
  const { email, salutation, firstName, lastName, gender } = somebody();
  return { email, salutation, firstName, lastName, gender, password: PASSWORD, confirmPassword: PASSWORD, acceptedTerms: true };
}

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
  ['PATCH', '/customer-password/{own}', () => ({ password: 'wrong', newPassword: PASSWORD, confirmPassword: PASSWORD })],
  ['POST', '/customer-forgotten-password', () => ({ email: somebody().email })],
  ['PATCH', '/customer-restore-password/x', () => ({ restorePasswordKey: 'x', ...both })],
  ['POST', '/customer-confirmation', () => ({ registrationKey: 'x' })],
];
const fields = writers.flatMap(([method, path, attributes]) => Object.keys(attributes()).map((name) => [method, path, name, attributes] as const));
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
        expect((await send(method, path, { ...attributes(), [name]: value })).status, JSON.stringify(value)).toBeLessThan(500);
      }
    }
    for (const value of [true, 0, -1, 1e308, [], ['x'], [[]], {}, { length: 5 }, { toString: 'x' }]) {
      const { status } = await send(method, path, { ...attributes(), [name]: value });
      if (name === 'acceptedTerms' && value === true) expect(status).toBe(201);
      else if (name === 'dateOfBirth' && method === 'POST') expect(status).toBe(201);
      else expect([400, 401, 422], JSON.stringify(value)).toContain(status);
    }
    expect((await send(method, path, { ...attributes(), [name]: null })).status).toBeLessThan(500);
  });

  test.for(strange.slice(0, 3))('with %j is never stored', async (firstName) => {
    for (const answer of [await send('POST', '/customers', { ...registration(), firstName }), await send('PATCH', '/customers/{own}', { firstName })]) {
      expect(answer.status).toBe(422);
      expect(answer.json.errors).toEqual([{ detail: expect.stringMatching(/^firstName => /), status: 422, code: '901' }]);
    }
  });

  test('and a type may be called anything', async () => {
    for (const text of strange) {
      expect(errorsOf(await api(world, 'POST', '/access-tokens', { body: { data: { type: text, attributes: {} } } }))).toEqual(['400']);
      expect(errorsOf(await api(world, 'POST', '/access-tokens', { body: { data: { type: 'access-tokens', attributes: { [text]: text } } } }))).toEqual(['422/901', '422/901']);
    }
  });
});

test.for(['%00', 'a%00b', '%ED%A0%80', '%', '%zz', '%E0%A4%A', '%C0%AE', '%2F', '%2e%2e', '..', '.', '%FF', '%0d%0aSet-Cookie:a', '%25', '+', '~', '*', "'", '"', '%5C', '%F0%9F%92%A9'])(
  'a path with %j finds nothing',
  async (part) => {
    const { token, reference } = me;

    for (const path of [`/${part}`, `/${part}/x`]) expect(await api(world, 'GET', path, { token })).toMatchObject({ status: 404, text: NOT_FOUND });
    for (const id of [part, `${reference}${part}`]) expect(errorsOf(await api(world, 'GET', `/customers/${id}`, { token }))).toEqual(['404/402']);
    expect(errorsOf(await api(world, 'DELETE', `/customers/${part}`, { token }))).toEqual(['403/411']);
    expect(await api(world, 'DELETE', `/refresh-tokens/${part}`, { token })).toMatchObject({ status: 204 });
    expect(errorsOf(await api(world, 'PATCH', `/customer-restore-password/${part}`, { body: { data: { type: 'customer-restore-password', attributes: { restorePasswordKey: 'x', ...both } } } }))).toEqual(['422/415']);
  },
);

test.for(['%00', '%ED%A0%80', '%', '%zz', '%FF', '__proto__', 'constructor', '%F0%9F%92%A9', '[]', ']', '[['])('a query with %j is harmless', async (part) => {
  const { own, token } = me;
  const names = ['include', 'sort', 'fields[customers]', `fields[${part}]`, 'filter[a.b]', part];

  expect(await api(world, 'GET', `${own}?${names.map((name) => `${name}=${part}`).join('&')}`, { token })).toMatchObject({ status: 200 });
  expect(errorsOf(await api(world, 'GET', `${own}?_store=${part}`, { token }))).toEqual(['404/601']);
  expect(errorsOf(await api(world, 'GET', `${own}?currency=${part}`, { token }))).toEqual(['400/313']);
  expect(await api(world, 'GET', `${own}?page[offset]=${part}&page[limit]=${part}`, { token })).toMatchObject({ status: 400 });
});

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
  for (const value of ['\u00ff\u00fe', '\t', '"', ',,,;;;===', ';q=9999999999', '__proto__', 'x'.repeat(8000), '%00', 'Bearer \u00ff.\u00fe.\u00fd', '[::']) {
    for (const [method, path] of [['GET', '/access-tokens'], ['GET', '/customers'], ['POST', '/access-tokens'], ['POST', '/token']] as const) {
      const answer = await api(world, method, path, { headers: { [name]: value }, ...(method === 'POST' ? { body: { data: { type: 'access-tokens', attributes: {} } } } : {}) });
      expect(answer.status, `${method} ${path} ${value.slice(0, 40)}`).toBeLessThan(500);
    }
  }
});

describe('names that objects have anyway', () => {
  const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

  test.for(inherited)('%s is nothing special in a path', async (name) => {
    expect(await api(world, 'GET', `/${name}`)).toMatchObject({ status: 404, text: NOT_FOUND });
    expect(await api(world, 'POST', `/customers/x/${name}`, { attributes: {} })).toMatchObject({ status: 404, text: NOT_FOUND });
  });

  test.for(inherited)('%s brings no attribute into a body', async (name) => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const hidden = JSON.stringify({ ...registration(), verified: true, isAdmin: true });

    const attributes = await api(world, 'POST', '/customers', { body: `{"data":{"type":"customers","attributes":{"${name}":${hidden}}}}` });
    const data = await api(world, 'POST', '/customers', { body: `{"data":{"${name}":{"type":"customers","attributes":${hidden}}}}` });
    const root = await api(world, 'POST', '/customers', { body: `{"${name}":{"data":{"type":"customers","attributes":${hidden}}}}` });
    const type = await api(world, 'POST', '/customers', { body: `{"data":{"type":"${name}","attributes":${hidden}}}` });

    expect(errorsOf(attributes)).toHaveLength(8);
    expect([data.text, root.text]).toEqual([INVALID, INVALID]);
    expect(type.text).toBe('{"errors":[{"detail":"Invalid type.","status":400}]}');
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  });

  test.for(inherited)('%s includes and selects nothing', async (name) => {
    const { own, token } = await visitor();

    const { status, json } = await api(world, 'GET', `${own}?include=${name}&fields[customers]=${name}&fields[${name}]=x&sort=${name}&filter[${name}]=x`, { token });

    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['data']);
    expect(json.data.attributes).toEqual({});
  });
});

describe('attributes that are nobody\u2019s to set', () => {
  const wishes = {
    id: '00000000-0000-7000-8000-000000000000',
    number: 1,
    idCustomer: 1,
    reference: 'DE--900000',
    customerReference: 'DE--900000',
    emailKey: 'x',
    state: 'active',
    verified: true,
    verifiedAt: '2020-01-01',
    verified_at: '2020-01-01',
    registered: '2020-01-01',
    registrationKey: 'x',
    restorePasswordKey: 'x',
    passwordHash: 'x',
    password_hash: 'x',
    passwordChangedAt: null,
    termsAcceptedAt: null,
    lockedAt: null,
    anonymizedAt: '2020-01-01',
    lastSignInAt: '2020-01-01',
    importRunId: 'x',
    createdAt: '2020-01-01 00:00:00.000000',
    updatedAt: '2020-01-01 00:00:00.000000',
    locale: 'xx_XX',
    store: 'US',
    company: 'Evil',
    phone: '1',
    newsletter: true,
    groups: ['vip'],
    roles: ['admin'],
    isAgent: true,
    scopes: ['agent'],
  };
  const rowOf = async (reference: string) => (await world.sql('select * from customer where reference = $1', [reference]))[0] ?? {};

  test('change nothing at registration', async () => {
    const plain = (await api(world, 'POST', '/customers', { attributes: registration() })).json.data.id;
    const greedy = (await api(world, 'POST', '/customers', { attributes: { ...wishes, ...registration() } })).json.data.id;

    const unlike = ['id', 'number', 'reference', 'email', 'email_key', 'password_hash', 'terms_accepted_at', 'created_at', 'updated_at'];
    const [one, other] = [await rowOf(plain), await rowOf(greedy)];
    for (const column of Object.keys(one).filter((column) => !unlike.includes(column))) expect([column, other[column]]).toEqual([column, one[column]]);
    expect(other).toMatchObject({ state: 'unverified', verified_at: null, password_hash: expect.stringMatching(/^\$argon2id\$/) });
    expect(other['created_at']).not.toEqual(new Date('2020-01-01'));
    expect(Number(greedy.slice(4))).toBe(Number(plain.slice(4)) + 1);
  });

  test('change nothing of a profile, whatever the id in the body', async () => {
    const victim = await activeCustomer(world);
    const { own, token, reference } = await visitor();
    const before = [await rowOf(reference), await rowOf(victim.reference)];

    const answer = await api(world, 'PATCH', own, {
      token,
      body: { data: { type: 'customers', id: victim.reference, attributes: { ...wishes, customerReference: victim.reference, reference: victim.reference, id: victim.id } } },
    });

    expect(answer.status).toBe(200);
    expect(answer.json.data.id).toBe(reference);
    expect([await rowOf(reference), await rowOf(victim.reference)]).toEqual(before);
  });

  test('set nobody else\u2019s password', async () => {
    const victim = await activeCustomer(world);
    const { token, reference } = await visitor();
    const next = 'Another-Horse-8-Battery';
    const before = await rowOf(victim.reference);

    await api(world, 'PATCH', `/customer-password/${reference}`, {
      token,
      body: { data: { type: 'customer-password', id: victim.reference, attributes: { password: PASSWORD, newPassword: next, confirmPassword: next, customerReference: victim.reference, email: victim.email } } },
    });

    expect(await rowOf(victim.reference)).toEqual(before);
  });
});
