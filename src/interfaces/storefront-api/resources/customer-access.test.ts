import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { type ContentType, contentTypes, restrictGuests } from '../../../domain/guest-access/index.ts';

const world = useApp();

const types: Partial<Record<ContentType, string[]>> = {
  price: ['abstract-product-prices', 'concrete-product-prices'],
  'order-place-submit': ['checkout', 'checkout-data'],
  'add-to-cart': ['guest-cart-items'],
  wishlist: ['wishlists', 'wishlist-items'],
};
const all = Object.values(types).flat();
const typesOf = (restricted: readonly ContentType[]) =>
  Object.entries(types).flatMap(([content, types]) => (restricted.some((one) => one === content) ? types : []));

let token: string;
let reference: string;
beforeAll(async () => {
  const customer = await activeCustomer(world);
  reference = customer.reference;
  token = (await logIn(world, customer.email)).accessToken;
});

const MISSING = '{"errors":[{"detail":"Missing access token.","status":403,"code":"002"}]}';
const restricted = async () => (await api(world, 'GET', '/customer-access')).json.data[0].attributes.resourceTypes;

test('to begin with, guests may not use wishlists', async () => {
  const { status, text } = await api(world, 'GET', '/customer-access');

  expect(status).toBe(200);
  expect(text).toBe(
    '{"data":[{"type":"customer-access","id":null,"attributes":{"resourceTypes":["wishlists","wishlist-items"]},"links":{"self":"http://shop.test/customer-access"}}],"links":{"self":"http://shop.test/customer-access"}}',
  );
});

describe('what guests may not use', () => {
  const every = Array.from({ length: 2 ** contentTypes.length }, (_, bits) =>
    contentTypes.filter((_, at) => bits & (1 << at)),
  );

  test('is the union of the types of all restricted content, in the order of the contract', async () => {
    for (const content of every) {
      await restrictGuests(world.app, content.toReversed());
      expect(await restricted()).toEqual(typesOf(content));
    }
  });

  test('is written down with the change', async () => {
    await restrictGuests(world.app, ['price', 'wishlist']);

    const [entry] = await world.sql(
      "select facts from audit_entry where action = 'guest-access.set' order by id desc limit 1",
    );
    expect(entry).toEqual({ facts: { restricted: ['price', 'wishlist'] } });
  });

  test('is told to everybody, token or not, but not to a token that is none', async () => {
    expect((await api(world, 'GET', '/customer-access', { token })).status).toBe(200);
    expect(errorsOf(await api(world, 'GET', '/customer-access', { token: 'nonsense' }))).toEqual(['401/001']);
  });

  test('is only read', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      for (const path of ['/customer-access', '/customer-access/price'])
        expect(await api(world, method, path, { token, attributes: { resourceTypes: [] } })).toMatchObject({
          status: 404,
          text: '{"errors":[{"status":404,"detail":"Not Found"}]}',
        });
    }
  });

  test('may be asked for with a query', async () => {
    await restrictGuests(world.app, ['add-to-cart']);

    const { json } = await api(world, 'GET', '/customer-access?include=wishlists&a=b');

    expect(json).toEqual({
      data: [
        {
          type: 'customer-access',
          id: null,
          attributes: { resourceTypes: ['guest-cart-items'] },
          links: { self: 'http://shop.test/customer-access?include=wishlists&a=b' },
        },
      ],
      links: { self: 'http://shop.test/customer-access?include=wishlists&a=b' },
    });
  });
});

describe('the shop\u2019s own resources', () => {
  const empty = (path: string) => ({
    status: 200,
    text: `{"data":[],"links":{"self":"http://shop.test${path}"}}`,
  });
  const guest = { 'X-Anonymous-Customer-Unique-Id': 'visitor-4711' };
  const probe = (type: string, headers: Record<string, string> = guest) =>
    api(world, 'GET', `/${type}?a=b`, { headers });

  beforeEach(() => restrictGuests(world.app, ['wishlist']));

  test.for(all)('%s are kept from guests exactly while they are restricted', async (type) => {
    await restrictGuests(world.app, contentTypes);
    expect(await probe(type)).toMatchObject({ status: 403, text: MISSING });

    await restrictGuests(world.app, []);
    expect(await probe(type)).toMatchObject(empty(`/${type}?a=b`));
  });

  test('a guest’s cart needs a guest who says who they are', async () => {
    const answer = await probe('guest-cart-items', {});

    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      errors: [{ detail: 'Anonymous customer unique id is empty.', status: 400, code: '109' }],
    });
  });

  test.for(Object.entries(types))('restricting %s keeps guests from %j alone', async ([content, kept]) => {
    await restrictGuests(
      world.app,
      contentTypes.filter((type) => type === content),
    );

    const refused: string[] = [];
    for (const type of all) if ((await probe(type)).status === 403) refused.push(type);
    expect(refused).toEqual(kept);
  });

  test.for(all)('%s are an empty collection for a customer, restricted or not', async (type) => {
    for (const content of [contentTypes, []]) {
      await restrictGuests(world.app, content);
      expect(await api(world, 'GET', `/${type}`, { token })).toMatchObject(empty(`/${type}`));
    }
  });

  test.for(all)('%s refuse a token that is none, restricted or not', async (type) => {
    for (const content of [contentTypes, []]) {
      await restrictGuests(world.app, content);
      expect(errorsOf(await api(world, 'GET', `/${type}`, { token: 'nonsense' }))).toEqual(['401/001']);
    }
  });

  test('an empty Authorization header is none', async () => {
    expect(await probe('wishlists', { Authorization: '' })).toMatchObject({ status: 403, text: MISSING });
  });

  test('shopping lists are named nowhere, restricted or not: they are for company users', async () => {
    await restrictGuests(world.app, ['shopping-list']);

    expect(await restricted()).toEqual([]);
    expect((await api(world, 'GET', '/shopping-lists', { token })).text).toBe(
      '{"errors":[{"detail":"Rest user is not a company user.","status":400,"code":"1401"}]}',
    );
  });

  test('restrictions close no other door', async () => {
    await restrictGuests(world.app, contentTypes);

    expect((await api(world, 'GET', '/stores')).status).toBe(200);
    expect((await api(world, 'GET', '/access-tokens')).status).toBe(200);
  });

  test.for(['POST', 'PATCH', 'DELETE'])('%s does not exist', async (method) => {
    const paths = method === 'POST' ? ['/wishlists', '/checkout'] : ['/wishlists/1', '/guest-cart-items/1'];
    for (const path of paths)
      expect(errorsOf(await api(world, method, path, { token, attributes: {} }))).toEqual(['404']);
  });
});

describe('the carts of a customer', () => {
  test('are none', async () => {
    const path = `/customers/${reference}/carts`;

    expect(await api(world, 'GET', `${path}?a=b`, { token })).toMatchObject({
      status: 200,
      text: `{"data":[],"links":{"self":"http://shop.test${path}?a=b"}}`,
    });
  });

  test('are forbidden below a foreign, an unknown and an empty reference', async () => {
    const other = await activeCustomer(world);

    for (const name of [other.reference, 'DE--0', 'mine', ''])
      expect(await api(world, 'GET', `/customers/${name}/carts`, { token })).toMatchObject({
        status: 403,
        text: '{"errors":[{"detail":"Unauthorized request.","status":403,"code":"802"}]}',
      });
  });

  test('ask for a token', async () => {
    for (const name of [reference, 'DE--0', ''])
      expect(await api(world, 'GET', `/customers/${name}/carts`)).toMatchObject({ status: 403, text: MISSING });
    expect(errorsOf(await api(world, 'GET', `/customers/${reference}/carts`, { token: 'x' }))).toEqual(['401/001']);
  });

  test('are not found without a customer, nor changed', async () => {
    expect(errorsOf(await api(world, 'GET', '/carts', { token }))).toEqual(['404']);
    const path = `/customers/${reference}/carts`;
    expect(errorsOf(await api(world, 'POST', path, { token, attributes: {} }))).toEqual(['404']);
  });
});
