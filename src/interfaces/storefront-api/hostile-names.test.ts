import { describe, expect, test } from 'vitest';
import { api, errorsOf, loggedIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, registration } from '../../../test/builders.ts';

const world = useApp();

const INVALID = '{"errors":[{"detail":"Post data is invalid.","status":400}]}';
const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';

const visitor = () => loggedIn(world);

describe('names that objects have anyway', () => {
  const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

  test.for(inherited)('%s is nothing special in a path', async (name) => {
    expect(await api(world, 'GET', `/${name}`)).toMatchObject({ status: 404, text: NOT_FOUND });
    expect(await api(world, 'POST', `/customers/x/${name}`, { attributes: {} })).toMatchObject({
      status: 404,
      text: NOT_FOUND,
    });
  });

  test.for(inherited)('%s brings no attribute into a body', async (name) => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const hidden = JSON.stringify({ ...registration(), verified: true, isAdmin: true });

    const attributes = await api(world, 'POST', '/customers', {
      body: `{"data":{"type":"customers","attributes":{"${name}":${hidden}}}}`,
    });
    const data = await api(world, 'POST', '/customers', {
      body: `{"data":{"${name}":{"type":"customers","attributes":${hidden}}}}`,
    });
    const root = await api(world, 'POST', '/customers', {
      body: `{"${name}":{"data":{"type":"customers","attributes":${hidden}}}}`,
    });
    const type = await api(world, 'POST', '/customers', { body: `{"data":{"type":"${name}","attributes":${hidden}}}` });

    expect(errorsOf(attributes)).toHaveLength(8);
    expect([data.text, root.text]).toEqual([INVALID, INVALID]);
    expect(type.text).toBe('{"errors":[{"detail":"Invalid type.","status":400}]}');
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  });

  test.for(inherited)('%s includes and selects nothing', async (name) => {
    const { own, token } = await visitor();

    const { status, json } = await api(
      world,
      'GET',
      `${own}?include=${name}&fields[customers]=${name}&fields[${name}]=x&sort=${name}&filter[${name}]=x`,
      { token },
    );

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
  const rowOf = async (reference: string) =>
    (await world.sql('select * from customer where reference = $1', [reference]))[0] ?? {};

  test('change nothing at registration', async () => {
    const plain = (await api(world, 'POST', '/customers', { attributes: registration() })).json.data.id;
    const greedy = (await api(world, 'POST', '/customers', { attributes: { ...wishes, ...registration() } })).json.data
      .id;

    const unlike = new Set([
      'id',
      'number',
      'reference',
      'email',
      'email_key',
      'password_hash',
      'terms_accepted_at',
      'created_at',
      'updated_at',
    ]);
    const [one, other] = [await rowOf(plain), await rowOf(greedy)];
    for (const column of Object.keys(one).filter((column) => !unlike.has(column)))
      expect([column, other[column]]).toEqual([column, one[column]]);
    expect(other).toMatchObject({
      state: 'unverified',
      verified_at: null,
      password_hash: expect.stringMatching(/^\$argon2id\$/),
    });
    expect(other['created_at']).not.toEqual(new Date('2020-01-01'));
    expect(Number(greedy.slice(4))).toBe(Number(plain.slice(4)) + 1);
  });

  test('change nothing of a profile, whatever the id in the body', async () => {
    const victim = await activeCustomer(world);
    const { own, token, reference } = await visitor();
    const before = [await rowOf(reference), await rowOf(victim.reference)];

    const answer = await api(world, 'PATCH', own, {
      token,
      body: {
        data: {
          type: 'customers',
          id: victim.reference,
          attributes: { ...wishes, customerReference: victim.reference, reference: victim.reference, id: victim.id },
        },
      },
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
      body: {
        data: {
          type: 'customer-password',
          id: victim.reference,
          attributes: {
            password: PASSWORD,
            newPassword: next,
            confirmPassword: next,
            customerReference: victim.reference,
            email: victim.email,
          },
        },
      },
    });

    expect(await rowOf(victim.reference)).toEqual(before);
  });
});
