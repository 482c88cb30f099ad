import { describe, expect, test } from 'vitest';
import { api, type ApiAnswer, errorsOf } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { buyer, order, orderItem } from '../../../../test/orders.ts';
import { feedOrders } from '../../../domain/orders/index.ts';

const world = useApp();

const DOMAIN = 'http://shop.test';
const NOT_FOUND = '{"errors":[{"detail":"Can\'t find order by the given order reference","status":404,"code":"801"}]}';
const FORBIDDEN = '{"errors":[{"detail":"Unauthorized request.","status":403,"code":"802"}]}';

const idsOf = ({ json }: ApiAnswer): string[] => json.data.map(({ id }: { id: string }) => id);

test('the list shows an order with exactly its attributes', async () => {
  const { get, told, own } = await buyer(world, {
    canceledTotal: 3,
    remunerationTotal: 4,
    details: { merchantReferences: ['MER000001'], payments: [], currencyIsoCode: 'CHF' },
    items: [
      orderItem({ state: 'Paid' }),
      orderItem({ key: '2', state: 'New' }),
      orderItem({ key: '3', state: 'Paid' }),
    ],
  });
  const reference = told[0]?.reference;

  for (const path of ['/orders', own]) {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: [
        {
          type: 'orders',
          id: reference,
          attributes: {
            createdAt: '2025-11-03 09:15:30.250000',
            currencyIsoCode: 'EUR',
            priceMode: 'GROSS_MODE',
            totals: {
              expenseTotal: 490,
              discountTotal: 1000,
              taxTotal: 1516,
              subtotal: 10_000,
              grandTotal: 9490,
              canceledTotal: 3,
              remunerationTotal: 4,
            },
            itemStates: ['Paid', 'New'],
            merchantReferences: ['MER000001'],
          },
          links: { self: `${DOMAIN}/orders/${reference}` },
        },
      ],
      links: { self: DOMAIN + path },
    });
  }
});

test('the list of an order without anything', async () => {
  const { get } = await buyer(world, { items: [], grandTotal: 0, billingAddress: null });

  const { attributes } = (await get('/orders')).json.data[0];

  expect(attributes).toMatchObject({ totals: { grandTotal: 0 }, itemStates: [], merchantReferences: [] });
});

test('without orders the list is empty, with or without a page', async () => {
  const { get, own } = await buyer(world);

  for (const path of [
    '/orders',
    '/orders/',
    own,
    `${own}/`,
    '/orders?page[offset]=0&page[limit]=2&include=order-shipments',
  ])
    expect((await get(path)).text).toBe(`{"data":[],"links":{"self":"${DOMAIN}${path}"}}`);
});

test('orders of others, and those of nobody, are not shown', async () => {
  const { told } = await buyer(world, {}, {});
  const { get, own } = await buyer(world);
  await feedOrders(world.app, [order({ customerReference: null })]);

  expect((await get('/orders')).json.data).toEqual([]);
  expect((await get(own)).json.data).toEqual([]);
  for (const { reference } of told) expect((await get(`/orders/${reference}`)).text).toBe(NOT_FOUND);
});

test('hidden orders are left out of the list, counted in its total and not found', async () => {
  const { get, told } = await buyer(world, {}, { isHidden: true }, {});
  const [first, hidden, last] = told.map(({ reference }) => reference);

  expect(idsOf(await get('/orders'))).toEqual([first, last]);
  const page = await get('/orders?page[offset]=0&page[limit]=2');
  expect(idsOf(page)).toEqual([first, last]);
  expect(page.json.links).toEqual({
    self: `${DOMAIN}/orders?page[offset]=0&page[limit]=2`,
    last: `${DOMAIN}/orders?page[offset]=2&page[limit]=2`,
    first: `${DOMAIN}/orders?page[offset]=0&page[limit]=2`,
    next: `${DOMAIN}/orders?page[offset]=2&page[limit]=2`,
  });
  const answer = await get(`/orders/${hidden}`);
  expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
});

test('self links carry the query as it was sent', async () => {
  const { get, told, own } = await buyer(world, {}, {});
  const query = '?a=b%20c&sort=createdAt&fields[orders]=totals';

  for (const path of ['/orders', own]) {
    const { json } = await get(path + query);
    expect(json.links).toEqual({ self: DOMAIN + path + query });
    expect(json.data.map(({ links }: { links: object }) => links)).toEqual(
      told.map(({ reference }) => ({ self: `${DOMAIN}/orders/${reference}${query}` })),
    );
    expect(json.data.map(({ attributes }: { attributes: object }) => Object.keys(attributes))).toEqual([
      ['totals'],
      ['totals'],
    ]);
  }
});

describe('whose orders', () => {
  test.for(['/orders', '/orders/', '/orders/DE--1', '/customers/DE--1/orders', '/customers//orders'])(
    '%s without a token is 403/002, with a bad one 401/001',
    async (path) => {
      expect(errorsOf(await api(world, 'GET', path))).toEqual(['403/002']);
      expect(errorsOf(await api(world, 'GET', path, { token: 'nonsense' }))).toEqual(['401/001']);
    },
  );

  test('a foreign, unknown, empty or reserved customer is 403/802', async () => {
    const other = await buyer(world, {});
    const { get, reference } = await buyer(world, {});

    for (const id of [other.reference, 'DE--0', '', 'mine', reference.toLowerCase(), `${reference}%20`, '%00']) {
      const answer = await get(`/customers/${id}/orders`);
      expect([answer.status, answer.text]).toEqual([403, FORBIDDEN]);
    }
  });

  test('an unknown, foreign or strange order is 404/801', async () => {
    const { told } = await buyer(world, {});
    const { get } = await buyer(world, { reference: 'DE--Known' });

    expect((await get('/orders/DE--Known')).status).toBe(200);
    for (const id of [
      told[0]?.reference ?? '',
      'DE--0',
      'mine',
      'de--known',
      'DE--Known%20',
      'DE--Know_',
      '%25',
      '%00',
      '%ED%A0%80',
      "'%20or%20true--",
      'x'.repeat(4000),
    ]) {
      const answer = await get(`/orders/${id}`);
      expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    }
  });

  test.for(['POST', 'PATCH', 'DELETE'])('%s is not found: orders come from the shop', async (method) => {
    const { token, own, told } = await buyer(world, {});
    const body = method === 'DELETE' ? {} : { body: { data: { type: 'orders', attributes: {} } } };

    for (const path of ['/orders', `/orders/${told[0]?.reference}`, own])
      expect((await api(world, method, path, { token, ...body })).text).toBe(
        '{"errors":[{"status":404,"detail":"Not Found"}]}',
      );
  });

  test('a token of before the customer was erased opens no order', async () => {
    const { get, token, reference, told } = await buyer(world, {});
    await api(world, 'DELETE', `/customers/${reference}`, { token });

    for (const path of ['/orders', `/orders/${told[0]?.reference}`])
      expect(errorsOf(await get(path))).toEqual(['401/001']);
    expect(await world.sql('select 1 as is from sales_order where customer_reference = $1', [reference])).toHaveLength(
      1,
    );
  });
});
