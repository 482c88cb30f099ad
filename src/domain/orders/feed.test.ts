import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { customerIdOf, importedCustomers, order, orderItem } from '../../../test/orders.ts';
import { everything } from '../../platform/database/page.ts';
import { anonymizeCustomer } from '../customers/index.ts';
import { feedOrders, listOrders, orderByReference } from './index.ts';
import type { OrderFeed } from './order.ts';

const world = useApp();

const feed = (...orders: OrderFeed[]) => feedOrders(world.app, orders);
const created = (count: number) => ({ created: count, updated: 0 });
const updated = (count: number) => ({ created: 0, updated: count });

let customers = 0;
const someReference = () => `DE--feed-${(customers += 1)}`;
/** Enough customers that each test has some of its own. */
beforeAll(() =>
  importedCustomers(
    world,
    Array.from({ length: 200 }, (_, at) => `DE--feed-${at + 1}`),
  ),
);

/** An order of a customer of its own, and how it stands now. */
function placed(overrides: Partial<OrderFeed> = {}) {
  const customerReference = someReference();
  const told = order({ customerReference, ...overrides });
  const stored = async () => {
    const found = await orderByReference(world.app.db, await customerIdOf(world, customerReference), told.reference);
    if (!found) throw new Error('the order is gone');
    return found;
  };
  return { told, stored, keys: async () => (await stored()).items.map(({ itemKey }) => itemKey) };
}

const items = (...keys: string[]) => keys.map((key) => orderItem({ key }));

test('an order stands as it was told', async () => {
  const { told, stored } = placed({ canceledTotal: -5, remunerationTotal: 7, details: { note: { a: [1, null] } } });

  expect(await feed(told)).toEqual(created(1));

  const { items: lines, billingAddress, shippingAddress, ...rest } = await stored();
  expect(rest).toEqual({
    id: expect.any(String),
    reference: told.reference,
    email: 'ida.noor@example.org',
    currency: 'EUR',
    priceMode: 'GROSS_MODE',
    subtotal: 10_000,
    discountTotal: 1_000,
    expenseTotal: 490,
    taxTotal: 1_516,
    grandTotal: 9_490,
    canceledTotal: -5,
    remunerationTotal: 7,
    itemStates: ['Paid'],
    details: { note: { a: [1, null] } },
    paymentProvider: 'Stripe',
    paymentMethod: 'Invoice',
    shipmentMethod: 'Express',
    shipmentCarrier: 'Parcel Post',
    createdAt: told.createdAt,
    updatedAt: told.createdAt,
  });
  expect(billingAddress).toMatchObject({ ...told.billingAddress, address3: null });
  expect(shippingAddress).toMatchObject(told.shippingAddress ?? {});
  expect(lines).toEqual([
    {
      id: expect.any(String),
      number: expect.any(Number),
      itemKey: '1',
      sku: '052_1',
      name: 'Canon IXUS 1',
      quantity: 2,
      unitPrice: 5_000,
      sumPrice: 10_000,
      taxRate: 19,
      taxAmount: 1_597,
      state: 'Paid',
      isReturnable: true,
      image: 'https://images.example.org/ixus.jpg',
      details: {},
    },
  ]);
});

test('uuids that are told are kept, whatever is told later', async () => {
  const [uuid, itemUuid, other] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const { told, stored } = placed({ uuid, items: [orderItem({ uuid: itemUuid })] });
  await feed(told);
  await feed({ ...told, uuid: other, grandTotal: 1, items: [orderItem({ uuid: other, quantity: 3 })] });

  const { id, items: lines, grandTotal } = await stored();

  expect([id, lines[0]?.id, grandTotal, lines[0]?.quantity]).toEqual([uuid, itemUuid, 1, 3]);
});

test.for<[what: string, overrides: Partial<OrderFeed>]>([
  ['an order', {}],
  ['an order without items', { items: [] }],
  ['an order of nobody', { customerReference: null, email: null, billingAddress: null, shippingAddress: null }],
  ['a tax rate finer than is stored', { items: [orderItem({ taxRate: 7.125 })] }],
  ['the largest amounts', { grandTotal: Number.MAX_SAFE_INTEGER, subtotal: Number.MIN_SAFE_INTEGER }],
  ['amounts of minus nothing', { grandTotal: -0 }],
  ['details', { details: { b: 2.5, a: [{}, null, 'é'] }, items: [orderItem({ details: { y: 1, x: 1e-7 } })] }],
])('telling %s again changes nothing', async ([, overrides]) => {
  const told = order(overrides);

  expect(await feed(told)).toEqual(created(1));
  expect(await feed(told)).toEqual(updated(0));
});

test('details in another order of their names are the same', async () => {
  const told = order({ details: { a: 1, b: { c: 1, d: 2 } } });
  await feed(told);

  expect(await feed({ ...told, details: { b: { d: 2, c: 1 }, a: 1 } })).toEqual(updated(0));
});

test.for<[what: string, change: Partial<OrderFeed>]>([
  ['a total', { grandTotal: 1 }],
  ['an address', { billingAddress: { city: 'Wien', iso2Code: 'AT' } }],
  ['an address that is no more', { shippingAddress: null }],
  ['a detail', { details: { payments: [] } }],
  ['the time of a change', { updatedAt: new Date('2025-12-01') }],
  ['being hidden', { isHidden: true }],
  ['an item', { items: [orderItem({ quantity: 3 })] }],
  ['the state of an item', { items: [orderItem({ state: null })] }],
  ['a detail of an item', { items: [orderItem({ details: { amount: '1.5' } })] }],
  ['an item more', { items: items('1', '2') }],
  ['no item', { items: [] }],
  ['another item', { items: items('2') }],
  ['a total and an item', { grandTotal: 1, items: items('2') }],
])('an order told again with %s is updated, others are not', async ([, change]) => {
  const [first, second] = [order(), order()];
  await feed(first, second);

  expect(await feed({ ...first, ...change }, second)).toEqual(updated(1));
  expect(await feed({ ...first, ...change }, second)).toEqual(updated(0));
});

test('what is not told any more is forgotten', async () => {
  const { told, stored } = placed({ items: items('1', '2', '3'), details: { note: 'x' } });
  await feed(told);

  const { reference, customerReference, currency, createdAt } = told;
  await feed({ reference, customerReference: customerReference ?? null, currency, createdAt, items: items('2') });

  const { items: lines, ...rest } = await stored();
  expect(lines.map(({ itemKey }) => itemKey)).toEqual(['2']);
  expect(rest).toMatchObject({ email: null, grandTotal: 0, billingAddress: null, paymentMethod: null, details: {} });
});

test('items of an order stand as they were told, and a change does not move them', async () => {
  const { told, keys } = placed({ items: items('b', 'a', 'c') });
  await feed(told);
  expect(await keys()).toEqual(['b', 'a', 'c']);

  await feed({ ...told, items: [orderItem({ key: 'b', quantity: 9 }), ...items('a', 'c')] });
  expect(await keys()).toEqual(['b', 'a', 'c']);

  await feed({ ...told, items: items('b', 'c', 'd') });
  expect(await keys()).toEqual(['b', 'c', 'd']);
});

test('a thousand orders in one call arrive in their order, and so do the items of each', async () => {
  const customerReference = someReference();
  const many = Array.from({ length: 1000 }, () => order({ customerReference, items: items('b', 'a', 'c') }));

  expect(await feed(...many)).toEqual(created(1000));

  const { items: found, total } = await listOrders(
    world.app.db,
    await customerIdOf(world, customerReference),
    everything,
  );
  expect(total).toBe(1000);
  expect(found.map(({ reference }) => reference)).toEqual(many.map(({ reference }) => reference));
  const orders = await world.sql(
    `select array_agg(item_key order by i.number) as keys from sales_order_item i join sales_order o on o.id = order_id
     where customer_reference = $1 group by o.id`,
    [customerReference],
  );
  expect(new Set(orders.map(({ keys }) => String(keys)))).toEqual(new Set(['b,a,c']));
});

test('an order tells each state of its items once, in the order of the items', async () => {
  const states = (...all: (string | null)[]) => all.map((state, at) => orderItem({ key: String(at), state }));
  const { told, stored } = placed({ items: states('Paid', 'New', null, 'Paid', 'Shipped', 'New') });
  await feed(told);
  expect((await stored()).itemStates).toEqual(['Paid', 'New', 'Shipped']);

  await feed({ ...told, items: states('Shipped', 'New', null, 'Paid') });
  expect((await stored()).itemStates).toEqual(['Shipped', 'New', 'Paid']);

  await feed({ ...told, items: states(null, 'Closed') });
  expect((await stored()).itemStates).toEqual(['Closed']);

  await feed({ ...told, items: [] });
  expect((await stored()).itemStates).toEqual([]);
});

test('a reference belongs to one customer: told of another, the order is theirs', async () => {
  const { told } = placed();
  const other = someReference();
  await feed(told);

  expect(await feed({ ...told, customerReference: other })).toEqual(updated(1));

  expect(
    await orderByReference(world.app.db, await customerIdOf(world, told.customerReference ?? ''), told.reference),
  ).toBeUndefined();
  expect((await orderByReference(world.app.db, await customerIdOf(world, other), told.reference))?.items).toHaveLength(
    1,
  );
});

test('orders outlive their customer as they are', async () => {
  const customer = await activeCustomer(world);
  const told = order({ customerReference: customer.reference, email: customer.email });
  await feed(told);
  const rows = () =>
    world.sql(
      'select o.*, to_jsonb(i) as item from sales_order o join sales_order_item i on i.order_id = o.id where reference = $1',
      [told.reference],
    );
  const before = await rows();

  await anonymizeCustomer(world.app, customer.id);

  expect(before).toHaveLength(1);
  expect(await rows()).toEqual(before);
});

test('items stand as they were told in a shop that has many orders and knows its numbers', async () => {
  await feed(...Array.from({ length: 500 }, () => order()));
  await world.sql('analyze sales_order, sales_order_item');
  const { told, keys } = placed({ items: items('b', 'a', 'c') });

  await feed(told);

  expect(await keys()).toEqual(['b', 'a', 'c']);
});
