import { expect, test } from 'vitest';
import { api, type ApiAnswer, errorsOf, loggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../../test/builders.ts';
import { registerCustomer } from '../../../domain/customers/index.ts';

const world = useApp();

/** A customer and the calls they make. */
async function visitor() {
  const somebody = await loggedIn(world);
  const { token, own } = somebody;
  return {
    ...somebody,
    get: (path = own) => api(world, 'GET', path, { token }),
    patch: (attributes: unknown, path = own) =>
      api(world, 'PATCH', path, { token, body: { data: { type: 'customers', attributes } } }),
    erase: (path = own) => api(world, 'DELETE', path, { token }),
  };
}

const attributesOf = ({ json }: ApiAnswer): Record<string, unknown> => json.data.attributes;

test('GET of the own reference answers one customer', async () => {
  const { email, own, reference, get } = await visitor();

  const answer = await get();

  expect(answer.status).toBe(200);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  expect(answer.json).toEqual({
    data: {
      type: 'customers',
      id: reference,
      attributes: {
        salutation: 'Ms',
        firstName: 'Ida',
        lastName: 'Noor',
        gender: 'Female',
        dateOfBirth: null,
        email,
        password: null,
        confirmPassword: null,
        acceptedTerms: null,
        createdAt: time,
        updatedAt: time,
      },
      links: { self: `http://shop.test${own}` },
    },
  });
});

test.for(['/customers', '/customers/', '/customers?a=b%20c', '/customers/?x'])(
  'GET %s answers an array of exactly the current customer',
  async (path) => {
    const { reference, get } = await visitor();

    const { status, json } = await get(path);

    expect(status).toBe(200);
    expect(json.data).toHaveLength(1);
    expect(json.data[0].id).toBe(reference);
    expect(json.data[0].links.self).toBe(`http://shop.test/customers/${reference}${path.replace(/^[^?]*/, '')}`);
    expect(json.links).toEqual({ self: `http://shop.test${path}` });
    expect(Object.keys(json)).toEqual(['data', 'links']);
  },
);

test('a foreign, an unknown and a reserved reference are not found', async () => {
  const other = await activeCustomer(world);
  const { get } = await visitor();

  for (const id of [
    other.reference,
    'DE--0',
    'test123',
    'mine',
    'availability-notifications',
    other.reference.toLowerCase(),
  ]) {
    const answer = await get(`/customers/${id}`);
    expect(answer.status).toBe(404);
    expect(answer.text).toBe('{"errors":[{"detail":"Customer not found.","status":404,"code":"402"}]}');
  }
});

test('PATCH and DELETE of a foreign or unknown reference are forbidden and change nothing', async () => {
  const other = await activeCustomer(world);
  const { patch, erase } = await visitor();

  for (const path of [`/customers/${other.reference}`, '/customers/DE--0', '/customers/mine']) {
    for (const answer of [await patch({ firstName: 'Eve' }, path), await erase(path)]) {
      expect(answer.status).toBe(403);
      expect(answer.text).toBe('{"errors":[{"detail":"Unauthorized request.","status":403,"code":"411"}]}');
    }
  }
  expect(
    await world.sql('select first_name, anonymized_at from customer where reference = $1', [other.reference]),
  ).toEqual([{ first_name: 'Ida', anonymized_at: null }]);
});

test.for([
  ['GET', '/customers'],
  ['GET', '/customers/DE--1'],
  ['PATCH', '/customers/DE--1'],
  ['DELETE', '/customers/DE--1'],
] as const)('%s %s without a token is 403/002', async ([method, path]) => {
  const answer = await api(world, method, path, method === 'PATCH' ? { attributes: { email: '' } } : {});

  expect(answer.status).toBe(403);
  expect(answer.text).toBe('{"errors":[{"detail":"Missing access token.","status":403,"code":"002"}]}');
});

test.for(['PATCH', 'DELETE'] as const)(
  '%s without an id is 400, with or without a token and a slash',
  async (method) => {
    const { token } = await visitor();

    for (const path of ['/customers', '/customers/', '/customers//']) {
      for (const call of [{}, { token }, { token: 'nonsense' }]) {
        const answer = await api(world, method, path, {
          ...call,
          ...(method === 'PATCH' ? { body: { data: { type: 'customers', attributes: {} } } } : {}),
        });
        expect(answer.status).toBe(400);
        expect(answer.text).toBe('{"errors":[{"detail":"Resource id is not specified.","status":400}]}');
      }
    }
  },
);

test('include and fields: only what is known is heard', async () => {
  const { own, get } = await visitor();

  const bare = await get(`${own}?include=`);
  expect(Object.keys(bare.json)).toEqual(['data']);
  expect(Object.keys(bare.json.data)).toEqual(['type', 'id', 'attributes', 'links']);
  const strange = await get(`${own}?include=nonsense,constructor,a.b`);
  expect(Object.keys(strange.json)).toEqual(['data']);
  expect(Object.keys(strange.json.data)).toEqual(['type', 'id', 'attributes', 'links']);

  expect(attributesOf(await get(`${own}?fields[customers]=lastName,nonsense,firstName`))).toEqual({
    firstName: 'Ida',
    lastName: 'Noor',
  });
  expect(attributesOf(await get(`${own}?fields%5Bcustomers%5D=lastName`))).toEqual({ lastName: 'Noor' });
  expect(attributesOf(await get(`${own}?fields[customers]=nonsense`))).toEqual({});
  expect(Object.keys(attributesOf(await get(`${own}?fields[addresses]=city`)))).toHaveLength(11);
});

test('the self link is the address as it was sent', async () => {
  const { reference, get } = await visitor();
  const escaped = `/customers/${reference.replace('--', '%2D-')}?a=b+c&d=%C3%A9&e`;

  expect((await get(escaped)).json.data.links.self).toBe(`http://shop.test${escaped}`);
});

test('DELETE erases the person, keeps the row and answers nothing', async () => {
  const { erase, id, reference, email } = await visitor();
  await world.sql("update customer set phone = '1', company = 'Noor AG', date_of_birth = '1990-02-28' where id = $1", [
    id,
  ]);

  const answer = await erase();

  expect(answer.status).toBe(204);
  expect(answer.text).toBe('');
  const [row] = await world.sql('select * from customer where id = $1', [id]);
  expect(row).toMatchObject({
    reference,
    first_name: null,
    last_name: null,
    salutation: null,
    gender: null,
    date_of_birth: null,
    phone: null,
    company: null,
    password_hash: null,
    email: expect.stringMatching(/^[0-9a-f]{32}@[0-9a-f]{32}\.[0-9a-f]{32}$/),
    anonymized_at: expect.any(Date),
  });
  expect(JSON.stringify(row)).not.toContain(email);
});

test('after DELETE every way in is closed', async () => {
  const { erase, get, patch, email, refreshToken, own } = await visitor();
  const second = await logIn(world, email);

  await erase();

  for (const answer of [
    await get(),
    await patch({}),
    await erase(),
    await api(world, 'GET', own, { token: second.accessToken }),
  ]) {
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"errors":[{"detail":"Invalid access token.","status":401,"code":"001"}]}');
  }
  for (const spent of [refreshToken, second.refreshToken]) {
    expect(errorsOf(await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken: spent } }))).toEqual([
      '401/004',
    ]);
  }
  expect(
    errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } })),
  ).toEqual(['401/003']);
});

test('after DELETE the address may register again, as somebody else', async () => {
  const { erase, email, reference } = await visitor();
  await erase();

  const again = await registerCustomer(world.app, somebody({ email }));

  expect(again.reference).not.toBe(reference);
});

test('of five DELETEs at once none fails badly', async () => {
  const { erase } = await visitor();

  const answers = await Promise.all(Array.from({ length: 5 }, () => erase()));

  expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => ![204, 401, 404].includes(status))).toEqual([]);
});
