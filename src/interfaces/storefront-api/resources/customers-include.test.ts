import { beforeAll, expect, test } from 'vitest';
import { api, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { addAddress } from '../../../domain/addresses/index.ts';

const world = useApp();

const details = {
  salutation: 'Mr',
  firstName: 'Max',
  lastName: 'Frisch',
  company: null,
  address1: 'Stadelhoferstrasse',
  address2: '28',
  address3: null,
  zipCode: '8001',
  city: 'Zürich',
  region: 'ZH',
  country: 'CH',
  phone: null,
  comment: 'for staff alone',
};

let own: string;
let token: string;
let ids: string[];
beforeAll(async () => {
  const customer = await activeCustomer(world);
  own = `/customers/${customer.reference}`;
  token = (await logIn(world, customer.email)).accessToken;
  ids = [];
  for (const city of ['Zürich', 'Bern']) ids.push((await addAddress(world.app, customer.id, { ...details, city })).id);
  await addAddress(world.app, (await activeCustomer(world)).id, details);
});

const get = (path: string) => api(world, 'GET', path, { token });
const listed = async () => (await get(`${own}/addresses`)).json.data;

test('the addresses are included whole, as their own list shows them, in the same order', async () => {
  const { status, json } = await get(`${own}?include=addresses`);

  expect(status).toBe(200);
  expect(Object.keys(json)).toEqual(['data', 'included']);
  expect(Object.keys(json.data)).toEqual(['type', 'id', 'attributes', 'links', 'relationships']);
  expect(json.data.relationships).toEqual({ addresses: { data: ids.map((id) => ({ type: 'addresses', id })) } });
  expect(json.included).toEqual(await listed());
  expect(json.included.map(({ links }: { links: object }) => links)).toEqual(
    ids.map((id) => ({ self: `http://shop.test${own}/addresses/${id}` })),
  );
  expect(json.data.links).toEqual({ self: `http://shop.test${own}?include=addresses` });
  expect(JSON.stringify(json)).not.toContain('staff alone');
});

test('the list of one includes them too', async () => {
  const { json } = await get('/customers?include=addresses');

  expect(Object.keys(json)).toEqual(['data', 'links', 'included']);
  expect(json.data[0].relationships.addresses.data).toHaveLength(2);
  expect(json.included).toEqual(await listed());
});

test('PATCH includes them too', async () => {
  const { status, json } = await api(world, 'PATCH', `${own}?include=addresses`, {
    token,
    body: { data: { type: 'customers', attributes: { firstName: 'Ida' } } },
  });

  expect(status).toBe(200);
  expect(json.included).toEqual(await listed());
});

test('only what is asked for is included, and each address once', async () => {
  for (const path of [own, `${own}?include=`, `${own}?include=wishlists,Addresses,addresses.customers,customers`]) {
    const { json } = await get(path);
    expect([Object.keys(json), Object.keys(json.data)]).toEqual([['data'], ['type', 'id', 'attributes', 'links']]);
  }
  const { json } = await get(`${own}?include=wishlists,%20addresses%20,addresses,customers`);
  expect(json.included.map(({ id }: { id: string }) => id)).toEqual(ids);
});

test('fields select the attributes of each type for itself', async () => {
  const { json } = await get(`${own}?include=addresses&fields[addresses]=iso2Code,city&fields[customers]=lastName`);

  expect(JSON.stringify(json.data.attributes)).toBe('{"lastName":"Noor"}');
  expect(json.included.map(({ attributes }: { attributes: object }) => JSON.stringify(attributes))).toEqual([
    '{"city":"Zürich","iso2Code":"CH"}',
    '{"city":"Bern","iso2Code":"CH"}',
  ]);
  expect(json.data.relationships.addresses.data).toHaveLength(2);

  const none = await get(`${own}?include=addresses&fields[addresses]=comment,customerId`);
  expect(none.json.included.map(({ attributes }: { attributes: object }) => attributes)).toEqual([{}, {}]);
});

test('a customer without addresses has no relationship and nothing included', async () => {
  const { reference, email } = await activeCustomer(world);
  const { accessToken } = await logIn(world, email);

  const { json } = await api(world, 'GET', `/customers/${reference}?include=addresses`, { token: accessToken });

  expect([Object.keys(json), Object.keys(json.data)]).toEqual([['data'], ['type', 'id', 'attributes', 'links']]);
});

test('nobody else\u2019s addresses are included', async () => {
  const { reference } = await activeCustomer(world);

  expect((await get(`/customers/${reference}?include=addresses`)).status).toBe(404);
  expect((await api(world, 'GET', `${own}?include=addresses`)).status).toBe(403);
});
