import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../../../../test/app.ts';
import { buyer, order, orderItem } from '../../../../test/orders.ts';
import { feedOrders } from '../../../domain/orders/index.ts';
import type { OrderFeed } from '../../../domain/orders/order.ts';

const world = useApp();

let shopper: Awaited<ReturnType<typeof buyer>>;
beforeAll(async () => {
  shopper = await buyer(world);
});

type Details = NonNullable<OrderFeed['details']>;
/** JSON as a shop sends it: `__proto__` is a name like any other. */
const json = (text: string): Details => JSON.parse(text);

/** How the API shows an order, which has to be alright. */
async function shown(overrides: Partial<OrderFeed>) {
  const [attributes] = await shownEach([overrides]);
  return attributes;
}

async function shownEach(overrides: readonly Partial<OrderFeed>[]) {
  const told = overrides.map((one) => order({ customerReference: shopper.reference, ...one }));
  await feedOrders(world.app, told);
  const answers = await Promise.all(told.map(({ reference }) => shopper.get(`/orders/${reference}`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  return answers.map((answer) => answer.json.data.attributes);
}

const nonsense: Details[string][] = [null, true, 0, -1, 1.5, 1e300, '', 'x', [], [null], [[]], ['x'], {}, { a: 1 }];

describe('details that are of another type than they are', () => {
  const lists = ['merchantReferences', 'payments', 'shipments', 'expenses', 'calculatedDiscounts', 'bundleItems'];

  test.for([...lists, 'createdAt', 'totals', 'items'])('%s of an order', async (name) => {
    for (const attributes of await shownEach(nonsense.map((value) => ({ details: { [name]: value } })))) {
      expect(attributes.totals.grandTotal).toBe(9490);
      expect(attributes.items[0].sku).toBe('052_1');
      for (const list of lists) expect(attributes[list]).toBeInstanceOf(Array);
    }
  });

  test('orderShipments of an order, alone and in a list', async () => {
    const told = [...nonsense, ...nonsense.map((value) => [value, { idShipment: value, shippingAddress: value }])];
    await shownEach(told.map((orderShipments) => ({ details: { orderShipments } })));

    const answer = await shopper.get('/orders?include=order-shipments');

    expect(answer.status).toBe(200);
    for (const { attributes } of answer.json.included) expect(attributes.itemUuids).toHaveLength(1);
  });

  const optional =
    'quantity idShipment isReturnable state sumPrice taxRate metadata calculatedDiscounts productOptions salesUnit amount salesOrderItemConfiguration salesOrderConfiguredBundle merchantReference';

  test.for(optional.split(' '))('%s of an item', async (name) => {
    const items = nonsense.map((value, at) => orderItem({ key: String(at), details: { [name]: value } }));

    const attributes = await shown({ items });

    expect(attributes.items).toHaveLength(nonsense.length);
    expect(new Set(attributes.items.map((item: object) => Object.keys(item).length))).toEqual(new Set([45]));
  });

  test('all of them in a list', async () => {
    const answer = await shopper.get('/orders?include=order-shipments');

    expect(answer.status).toBe(200);
    expect(answer.json.data.length).toBeGreaterThan(100);
  });

  test.for(['uuid', 'orderReference', 'sku', 'name'])('%s of an item', async (name) => {
    const items = nonsense.map((value, at) => orderItem({ key: String(at), details: { [name]: value } }));

    const attributes = await shown({ items });

    for (const item of attributes.items)
      expect([name, item[name] === null ? null : typeof item[name]]).toEqual([
        name,
        name === 'orderReference' ? null : 'string',
      ]);
  });
});

test('what tells who an item is cannot be told otherwise by its details', async () => {
  const told = orderItem({ uuid: crypto.randomUUID(), details: { uuid: 'other', orderReference: 'DE--0' } });

  const { items } = await shown({ items: [told] });

  expect(items[0].uuid).toBe(told.uuid);
  expect(items[0].orderReference).not.toBe('DE--0');
});

test('names that mean something to JavaScript mean nothing', async () => {
  const details = json(
    '{"__proto__":{"payments":[{"amount":5}],"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":null,"then":1,"toJSON":"x","expenses":[{"__proto__":{"sumPrice":4},"toString":0}],"merchantReferences":["__proto__"]}',
  );
  const line = json(
    '{"__proto__":{"sku":"x"},"constructor":1,"metadata":{"superAttributes":[{"__proto__":1,"constructor":2}]}}',
  );

  const attributes = await shown({ details, items: [orderItem({ details: line })] });

  expect(attributes.payments).toEqual([{ amount: 9490, paymentProvider: 'Stripe', paymentMethod: 'Invoice' }]);
  expect(attributes.expenses[0].sumPrice).toBe(0);
  expect(attributes.items[0].sku).toBe('052_1');
  expect(attributes.merchantReferences).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a thousand entries and long texts', async () => {
  const attributes = await shown({
    details: {
      expenses: Array.from({ length: 1000 }, () => ({ name: 'x'.repeat(100) })),
      merchantReferences: ['x'.repeat(100_000)],
    },
  });

  expect(attributes.expenses).toHaveLength(1000);
  expect(attributes.merchantReferences[0]).toHaveLength(100_000);
});

/** As an import stores them. */
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const store = (column: string, reference: string, value: string) =>
  world.sql(
    `update ${column === 'item' ? 'sales_order_item' : 'sales_order'} set details = $2::jsonb
     where ${column === 'item' ? 'order_id = (select id from sales_order where reference = $1)' : 'reference = $1'}`,
    [reference, value],
  );

const deep: [column: string, name: string, depth: number][] = [
  ['order', 'payments', 5000],
  ['item', 'superAttributes', 500],
];
const deeper: typeof deep = [['item', 'superAttributes', 5000]];

async function statusesOf([column, name, depth]: (typeof deep)[number]) {
  const { get, told } = await buyer(world, {});
  const reference = told[0]?.reference ?? '';
  const value = `{"${name}":${nested(depth)}}`;
  await store(column, reference, name === 'superAttributes' ? `{"metadata":${value}}` : value);
  return [(await get(`/orders/${reference}`)).status, (await get('/orders')).status];
}

test.for(deep)('deep details: of the %s, in %s, %i levels', async (where) => {
  expect(await statusesOf(where)).toEqual([200, 200]);
});

test.for(deeper)('deep details: of the %s, in %s, %i levels', async (where) => {
  expect(await statusesOf(where)).toEqual([200, 200]);
});
