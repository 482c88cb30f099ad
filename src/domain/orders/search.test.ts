import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { customerIdOf, importedCustomers, order, orderItem } from '../../../test/orders.ts';
import { everything } from '../../platform/database/page.ts';
import { feedOrders, listOrders, type OrderSearch } from './index.ts';
import type { OrderFeed } from './order.ts';

const world = useApp();
const CUSTOMER = 'DE--search';

const item = (key: string, sku: string, name: string) => orderItem({ key, sku, name });
const at = (day: number) => new Date(Date.UTC(2025, 10, day));

/** In the order of arrival; what each is found by stands nowhere else. */
const orders: OrderFeed[] = [
  { reference: 'DE--Camera_1', createdAt: at(3), items: [item('1', 'X-100', 'Tripod')] },
  { reference: 'DE--2', createdAt: at(1), updatedAt: at(9), items: [item('1', 'SKU_A', 'Canon 100% IXUS')] },
  { reference: 'DE--3', createdAt: at(2), items: [item('1', 'camera-7', 'Bag'), item('2', 'Y-1', 'Straße')] },
  { reference: 'DE--4', createdAt: at(2), updatedAt: at(5), items: [item('1', String.raw`a\b`, 'Old CAMERA Tripod')] },
  { reference: 'DE--5', createdAt: at(4), items: [] },
].map((told) => order({ ...told, customerReference: CUSTOMER }));

/** Another customer's, which fit every search. */
const foreign = order({
  reference: 'DE--Camera_foreign',
  customerReference: `${CUSTOMER}_`,
  items: [item('1', String.raw`camera 100% SKU_A a\b`, 'Camera Tripod Straße')],
});

beforeAll(async () => {
  await importedCustomers(world, [CUSTOMER, `${CUSTOMER}_`, 'DE--many', 'DE--hidden']);
  await feedOrders(world.app, [...orders, foreign]);
});

async function find(search: Partial<OrderSearch>, customer = CUSTOMER) {
  const { items, total } = await listOrders(world.app.db, await customerIdOf(world, customer), {
    ...everything,
    ...search,
  });
  return { found: items.map(({ reference }) => reference.replace('DE--', '')), total };
}

test.for<[text: string, where: OrderSearch['in'], found: string[]]>([
  ['camera', undefined, ['Camera_1', '3', '4']],
  ['CAMERA', 'reference', ['Camera_1']],
  ['camera', 'name', ['4']],
  ['camera', 'sku', ['3']],
  ['tripod', undefined, ['Camera_1', '4']],
  ['tripod', 'reference', []],
  ['tripod', 'sku', []],
  ['DE--', undefined, ['Camera_1', '2', '3', '4', '5']],
  ['DE--5', 'reference', ['5']],
  ['de--5', undefined, ['5']],
  ['STRASSE', undefined, []],
  ['straße', 'name', ['3']],
  ['X-100', 'sku', ['Camera_1']],
  ['nowhere', undefined, []],
  ['', 'sku', ['Camera_1', '2', '3', '4', '5']],
  // What means something to the database means itself.
  ['%', undefined, ['2']],
  ['100%', 'name', ['2']],
  ['%%', undefined, []],
  ['_', undefined, ['Camera_1', '2']],
  ['_', 'reference', ['Camera_1']],
  ['_', 'sku', ['2']],
  ['\\', undefined, ['4']],
  [String.raw`a\b`, 'sku', ['4']],
  [String.raw`\%`, undefined, []],
  ["' or true --", undefined, []],
  ['$1', undefined, []],
])('"%s" in %s', async ([text, where, found]) => {
  expect(await find({ text, in: where })).toEqual({ found, total: found.length });
});

test('an order with many fitting items is found once', async () => {
  const told = order({
    customerReference: 'DE--many',
    items: ['1', '2', '3'].map((key) => item(key, `lens-${key}`, 'Lens')),
  });
  await feedOrders(world.app, [told]);

  expect((await find({ text: 'lens' }, 'DE--many')).total).toBe(1);
});

test.for<[what: string, search: Partial<OrderSearch>, found: string[]]>([
  ['from a day on', { from: at(2) }, ['Camera_1', '3', '4', '5']],
  ['from the very moment on', { from: at(4) }, ['5']],
  ['from a millisecond later', { from: new Date(at(4).getTime() + 1) }, []],
  ['until a day, without it', { until: at(2) }, ['2']],
  ['until a millisecond later', { until: new Date(at(2).getTime() + 1) }, ['2', '3', '4']],
  ['of one day', { from: at(2), until: at(3) }, ['3', '4']],
  ['of no time', { from: at(2), until: at(2) }, []],
  ['of a time that ends before it begins', { from: at(4), until: at(1) }, []],
  ['of a time with a text', { from: at(2), text: 'camera' }, ['Camera_1', '3', '4']],
  ['until a time with a text', { until: at(3), text: 'camera', in: 'name' }, ['4']],
])('orders %s', async ([, search, found]) => {
  expect(await find(search)).toEqual({ found, total: found.length });
});

test.for<[by: 'createdAt' | 'updatedAt', descending: boolean, found: string[]]>([
  ['createdAt', false, ['2', '3', '4', 'Camera_1', '5']],
  ['createdAt', true, ['5', 'Camera_1', '4', '3', '2']],
  ['updatedAt', false, ['3', 'Camera_1', '5', '4', '2']],
  ['updatedAt', true, ['2', '4', '5', 'Camera_1', '3']],
])('sorted by %s, descending %s; of the same time the order of arrival decides', async ([by, descending, found]) => {
  expect((await find({ sort: { by, descending } })).found).toEqual(found);
  const pages = await Promise.all([0, 2, 4].map((offset) => find({ sort: { by, descending }, offset, limit: 2 })));
  expect(pages.flatMap((page) => page.found)).toEqual(found);
});

test.for<[offset: number, limit: number | null, found: string[]]>([
  [0, null, ['Camera_1', '2', '3', '4', '5']],
  [3, null, ['4', '5']],
  [0, 2, ['Camera_1', '2']],
  [2, 2, ['3', '4']],
  [4, 2, ['5']],
  [1, 3, ['2', '3', '4']],
  [0, 500, ['Camera_1', '2', '3', '4', '5']],
  // Past the end is the last page.
  [5, 2, ['5']],
  [100, 2, ['5']],
  [999_999_999, 3, ['4', '5']],
  [5, 5, ['Camera_1', '2', '3', '4', '5']],
  [5, 1, ['5']],
])('the page from %i with %s of them', async ([offset, limit, found]) => {
  expect(await find({ offset, limit })).toEqual({ found, total: 5 });
});

test('a page of what is searched for counts what is searched for', async () => {
  expect(await find({ text: 'camera', offset: 1, limit: 1 })).toEqual({ found: ['3'], total: 3 });
  expect(await find({ text: 'camera', offset: 9, limit: 2 })).toEqual({ found: ['4'], total: 3 });
  expect(await find({ text: 'nowhere', offset: 9, limit: 2 })).toEqual({ found: [], total: 0 });
});

test('nobody else has orders', async () => {
  for (const customer of ['', 'DE--%', 'DE--searc', 'de--search', "DE--search' or true --"])
    expect(await find({}, customer)).toEqual({ found: [], total: 0 });
  expect(await find({}, `${CUSTOMER}_`)).toEqual({ found: ['Camera_foreign'], total: 1 });
});

test('orders of nobody are nobody’s', async () => {
  await feedOrders(world.app, [order({ customerReference: null })]);

  expect(await find({}, 'null')).toEqual({ found: [], total: 0 });
});

describe('hidden orders', () => {
  const customer = 'DE--hidden';
  beforeAll(() =>
    feedOrders(
      world.app,
      [false, true, false, true, false].map((isHidden, at) =>
        order({ reference: `DE--h${at}`, customerReference: customer, isHidden }),
      ),
    ),
  );

  test('are counted and not shown', async () => {
    expect(await find({}, customer)).toEqual({ found: ['h0', 'h2', 'h4'], total: 5 });
    expect(await find({ text: 'h1' }, customer)).toEqual({ found: [], total: 1 });
  });

  test('take no room on a page', async () => {
    expect(await find({ offset: 0, limit: 2 }, customer)).toEqual({ found: ['h0', 'h2'], total: 5 });
    expect(await find({ offset: 2, limit: 2 }, customer)).toEqual({ found: ['h4'], total: 5 });
    expect(await find({ offset: 4, limit: 2 }, customer)).toEqual({ found: [], total: 5 });
  });
});
