import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { subscribe } from '../../../domain/availability/index.ts';

const world = useApp();

/** A customer who waits for this many products in the store DE, and for one in AT. */
async function subscriber(count: number) {
  const { id: customerId, reference, email } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  const keys: string[] = [];
  for (let at = 0; at < count; at++)
    keys.push((await subscribe(world.app, { sku: `sku_${at}`, email, customerId, store: 'DE', locale: 'de_DE' })).key);
  const abroad = await subscribe(world.app, { sku: 'sku_0', email, customerId, store: 'AT', locale: 'en_US' });
  await subscribe(world.app, { sku: 'x', email, customerId: null, store: 'DE', locale: 'de_DE' });
  const get = (path: string, headers: Record<string, string> = {}) => api(world, 'GET', path, { token, headers });
  return { email, keys, abroad: abroad.key, get, below: `/customers/${reference}/availability-notifications` };
}

const idsOf = ({ json }: { json: { data: { id: string }[] } }) => json.data.map(({ id }) => id);
const MINE = '/my-availability-notifications';

let five: Awaited<ReturnType<typeof subscriber>>;
let one: typeof five;
let none: typeof five;
beforeAll(async () => {
  [five, one, none] = [await subscriber(5), await subscriber(1), await subscriber(0)];
});

test('both lists answer the customer\u2019s own subscriptions in order of creation', async () => {
  const { email, keys, get, below } = five;

  for (const path of [MINE, below]) {
    const { status, json } = await get(path);
    expect(status).toBe(200);
    expect(json).toEqual({
      data: keys.map((key, at) => ({
        type: 'availability-notifications',
        id: key,
        attributes: { localeName: 'de_DE', email, sku: `sku_${at}` },
        links: { self: `http://shop.test/availability-notifications/${key}` },
      })),
      links: { self: `http://shop.test${path}` },
    });
  }
});

test('one subscription is a list too, and none is an empty one', async () => {
  for (const path of [MINE, one.below]) expect(idsOf(await one.get(path))).toEqual(one.keys);
  for (const path of [MINE, none.below])
    expect((await none.get(path)).text).toBe(`{"data":[],"links":{"self":"http://shop.test${path}"}}`);
});

test('the query is on a subscription\u2019s link only where the path asks for its type', async () => {
  const { keys, get, below } = one;
  const self = `http://shop.test/availability-notifications/${keys[0]}`;

  expect((await get(`${MINE}?a=b`)).json.data[0].links).toEqual({ self });
  expect((await get(`${below}?a=b`)).json.data[0].links).toEqual({ self: `${self}?a=b` });
});

test('the lists are of the store of the request', async () => {
  const { keys, abroad, get, below } = one;

  for (const path of [MINE, below]) {
    expect(idsOf(await get(path, { Store: 'AT' }))).toEqual([abroad]);
    expect(idsOf(await get(path, { Store: 'US' }))).toEqual([]);
    expect(idsOf(await get(path))).toEqual(keys);
  }
});

test('fields select attributes', async () => {
  const { get, below } = one;

  for (const path of [MINE, below])
    expect((await get(`${path}?fields[availability-notifications]=sku`)).json.data[0].attributes).toEqual({
      sku: 'sku_0',
    });
});

describe('pages', () => {
  test('carry links to the others', async () => {
    const { keys, get, below } = five;

    for (const path of [MINE, below]) {
      const answer = await get(`${path}?page[offset]=2&page[limit]=2&a=b`);
      expect(idsOf(answer)).toEqual(keys.slice(2, 4));
      const link = (offset: number) => `http://shop.test${path}?a=b&page[offset]=${offset}&page[limit]=2`;
      expect(JSON.stringify(answer.json.links)).toBe(
        JSON.stringify({
          self: `http://shop.test${path}?page[offset]=2&page[limit]=2&a=b`,
          last: link(4),
          first: link(0),
          prev: link(0),
          next: link(4),
        }),
      );
    }
  });

  test.for<[string, number[], string[]]>([
    ['page[offset]=0&page[limit]=2', [0, 1], ['self', 'last', 'first', 'next']],
    ['page[offset]=4&page[limit]=2', [4], ['self', 'last', 'first', 'prev']],
    ['page[offset]=1&page[limit]=9', [1, 2, 3, 4], ['self', 'last', 'first', 'prev']],
    ['page[offset]=&page[limit]=5', [0, 1, 2, 3, 4], ['self', 'last', 'first']],
    ['page[limit]=2', [0, 1, 2, 3, 4], ['self']],
  ])('?%s is rows %j with links %j', async ([query, shown, links]) => {
    const { keys, get } = five;

    const answer = await get(`${MINE}?${query}`);

    expect(idsOf(answer)).toEqual(shown.map((at) => keys[at]));
    expect(Object.keys(answer.json.links)).toEqual(links);
  });

  test('of nothing have no links, and one that is no page is refused', async () => {
    const { get } = none;

    expect((await get(`${MINE}?page[offset]=0&page[limit]=2`)).text).toBe(
      `{"data":[],"links":{"self":"http://shop.test${MINE}?page[offset]=0&page[limit]=2"}}`,
    );
    for (const query of ['page[offset]=1', 'page[offset]=x&page[limit]=1', 'page[offset]=0&page[limit]=0'])
      expect(await get(`${MINE}?${query}`)).toMatchObject({
        status: 400,
        text: 'Pagination parameters are invalid.',
      });
  });
});

test('without a token the lists are 403/002, with one that is none 401/001', async () => {
  const { below } = none;

  for (const path of [MINE, below, '/customers//availability-notifications']) {
    expect(errorsOf(await api(world, 'GET', path))).toEqual(['403/002']);
    expect(errorsOf(await api(world, 'GET', path, { token: 'x' }))).toEqual(['401/001']);
  }
});
