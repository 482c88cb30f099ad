import { describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { order, orderItem } from '../../../test/orders.ts';
import { feedOrders, orderFeedRefused } from './index.ts';
import type { OrderFeed } from './order.ts';

const world = useApp();

/** As a shop may send them: whatever JSON can say. */
const feed = (...orders: readonly object[]) => feedOrders(world.app, orders as OrderFeed[]);
const stored = async () => {
  const [counts] = await world.sql(`select (select count(*)::int from sales_order) as orders,
    (select count(*)::int from sales_order_item) as items,
    (select count(*)::int from audit_entry where action = 'orders.fed') as entries`);
  return counts;
};
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const item = (overrides: object) => ({ items: [{ ...orderItem(), ...overrides }] });
let deep: unknown = 1;
for (let level = 0; level < 20_000; level++) deep = [deep];

/** What says by itself that it is no order. */
const malformed: [what: string, overrides: object][] = [
  ['no reference', { reference: '' }],
  ['a reference of 46 characters', { reference: 'x'.repeat(46) }],
  ['a customer reference of 256 characters', { customerReference: 'x'.repeat(256) }],
  ['no currency', { currency: undefined }],
  ['a currency in small letters', { currency: 'eur' }],
  ['a currency and more', { currency: 'EUR\n' }],
  ['another price mode', { priceMode: 'BOTH' }],
  ['a broken cent', { grandTotal: 0.5 }],
  ['an amount as text', { grandTotal: '1' }],
  ['an amount that is not safe', { grandTotal: 2 ** 53 }],
  ['no number', { taxTotal: Number.NaN }],
  ['no time', { createdAt: undefined }],
  ['a time as text', { createdAt: '2025-11-03' }],
  ['no day', { createdAt: new Date('nonsense') }],
  ['an unknown property', { id: 5 }],
  ['an address as text', { billingAddress: 'Berlin' }],
  ['details as a list', { details: [] }],
  ['details that are not JSON', { details: { at: new Date() } }],
  ['no uuid', { uuid: 'x' }],
  ['no items', { items: undefined }],
  ['1,001 items', { items: Array.from({ length: 1001 }, (_, at) => orderItem({ key: String(at) })) }],
  ['an item without a key', item({ key: '' })],
  ['an item with a key of 65 characters', item({ key: 'x'.repeat(65) })],
  ['an item without a name', item({ name: '' })],
  ['an item of nothing', item({ quantity: 0 })],
  ['half an item', item({ quantity: 0.5 })],
  ['an item with more tax than price', item({ taxRate: 100.01 })],
  ['an item with less than no tax', item({ taxRate: -1 })],
  ['an item with an unknown property', item({ number: 1 })],
];

/** What JSON can say and no column holds. */
const unstorable: [what: string, overrides: object][] = [
  ['a NUL in a text', { email: 'a\0b' }],
  ['a NUL in details', { details: { note: '\0' } }],
  ['a NUL in the name of a detail', { details: { '\0': 1 } }],
  ['half a character', { email: '\uD800' }],
];

const excessive: [what: string, overrides: object][] = [
  ['two items of the same key', { items: [orderItem(), orderItem()] }],
  ['more of an item than a column holds', item({ quantity: 3_000_000_000 })],
  ['a time beyond the calendar', { createdAt: new Date(8.64e15) }],
  ['a time before the calendar', { createdAt: new Date('-000001-01-01T00:00:00Z') }],
  ['details twenty thousand levels deep', { details: { deep } }],
];

describe('a feed with one order that is none is refused as a whole', () => {
  test.for([...malformed, ...unstorable, ...excessive])('%s', async ([, overrides]) => {
    const before = await stored();

    await expect(feed(order(), { ...order(), ...overrides }, order())).rejects.toThrow(Error);

    expect(await stored()).toEqual(before);
  });
});

test.for([...malformed, ...unstorable])('%s is refused for what it is', async ([, overrides]) => {
  expect(orderFeedRefused.is(await outcome(feed({ ...order(), ...overrides })))).toBe(true);
});

test.for(excessive)('%s is refused for what it is', async ([, overrides]) => {
  expect(orderFeedRefused.is(await outcome(feed({ ...order(), ...overrides })))).toBe(true);
});

test('the uuid of another order is refused, and that order stays', async () => {
  const told = order({ uuid: crypto.randomUUID(), email: 'first' });
  await feed(told);
  const before = await stored();

  await expect(feed(order(), { ...told, ...order(), email: 'second' })).rejects.toThrow(Error);

  expect(await stored()).toEqual(before);
  expect(await world.sql('select email from sales_order where id = $1', [told.uuid])).toEqual([{ email: 'first' }]);
});

test('an order told twice in one feed does not break in the database', async () => {
  const told = order();

  const error = await outcome(feed(told, { ...told, grandTotal: 1 }));

  expect(error === undefined || orderFeedRefused.is(error)).toBe(true);
});

test('an empty feed stores nothing', async () => {
  expect(await feed()).toEqual({ created: 0, updated: 0 });
});

test('a feed is noted with its counts and nothing of the person', async () => {
  const told = order();
  await feed(told, order());
  await feed({ ...told, grandTotal: 1 });

  const entries = await world.sql(
    "select customer_id, actor, facts from audit_entry where action = 'orders.fed' order by at desc limit 2",
  );

  expect(entries).toEqual([
    { customer_id: null, actor: 'system', facts: { orders: 1, created: 0, updated: 1 } },
    { customer_id: null, actor: 'system', facts: { orders: 2, created: 2, updated: 0 } },
  ]);
});

describe('feeds at the same time', () => {
  test('of the same order store it once, with its items', async () => {
    const told = order({ items: ['1', '2', '3'].map((key) => orderItem({ key })) });

    const answers = await Promise.all([feed(told), feed(told), feed(told)]);

    expect(answers.map(({ created }) => created).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(answers.map(({ updated }) => updated)).toEqual([0, 0, 0]);
    expect(
      await world.sql(
        'select count(*)::int from sales_order_item where order_id = (select id from sales_order where reference = $1)',
        [told.reference],
      ),
    ).toEqual([{ count: 3 }]);
  });

  test('that tell an order differently leave one of them, whole', async () => {
    const told = order();
    await feed(told);
    const versions = ['a', 'b', 'c'].map((name) => ({
      ...told,
      email: name,
      items: [orderItem({ key: name }), orderItem({ key: 'each', name })],
    }));

    await Promise.all(versions.map((version) => feed(version)));

    const [row] = await world.sql(
      `select email, array_agg(item_key order by item_key) as keys, max(i.name) filter (where item_key = 'each') as name
       from sales_order o join sales_order_item i on i.order_id = o.id where reference = $1 group by o.id`,
      [told.reference],
    );
    expect(row).toEqual({ email: row?.['email'], keys: [row?.['email'], 'each'], name: row?.['email'] });
  });

  test('in opposite order wait for each other instead of failing', async () => {
    const [first, middle, last] = [order(), order(), order()];
    const waiting = async () => {
      await world.sql('select pg_stat_clear_snapshot()');
      const rows = await world.sql(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length;
    };
    // Somebody holds the one in the middle until both feeds are under way.
    await world.sql('begin');
    await world.sql(
      `insert into sales_order (id, reference, currency, price_mode, created_at, updated_at)
       values (gen_random_uuid(), $1, 'EUR', 'GROSS_MODE', now(), now())`,
      [middle.reference],
    );
    const feeds = Promise.allSettled([feed(first, middle, last), feed(last, middle, first)]);
    while ((await waiting()) < 2);
    await world.sql('rollback');

    expect((await feeds).filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});
