import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

type Cells = Record<string, string>;

const table = (entity: string, common: Cells, rows: readonly Cells[]) => {
  const columns = [...new Set([...Object.keys(common), ...rows.flatMap(Object.keys)])];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((name) => quoted(row[name] ?? common[name] ?? '')).join(','));
  return load(entity, columns.join(','), ...lines);
};
const orders = (...rows: Cells[]) => table('order', { order_reference: '', currency: 'EUR' }, rows);
const plain = { order_reference: '', item_key: '1', sku: 'S-1', name: 'Lamp', quantity: '1', unit_price: '100' };
const items = (...rows: Cells[]) => table('order-item', plain, rows);

const stored = async (reference: string) =>
  (await world.sql('select * from sales_order where reference = $1', [reference]))[0];
const itemsOf = (reference: string) =>
  world.sql(
    `select i.* from sales_order_item i join sales_order o on o.id = i.order_id where o.reference = $1 order by i.number`,
    [reference],
  );

const whole = (order_reference: string): Cells => ({
  order_reference,
  customer_reference: 'DE--1',
  email: 'ida@example.org',
  store: 'DE',
  price_mode: 'NET_MODE',
  created_at: '2026-01-31 12:30:00',
  updated_at: '2026-02-01',
  subtotal: '1000',
  discount_total: '-50',
  expense_total: '490',
  tax_total: '152',
  grand_total: '1440',
  canceled_total: '1',
  remuneration_total: '2',
  billing_salutation: 'Ms',
  billing_first_name: 'Ida',
  billing_last_name: 'Noor',
  billing_city: 'Berlin',
  billing_country_iso2_code: 'de',
  payment_provider: 'DemoPay',
  payment_method: 'Invoice',
  shipment_method: 'Express',
  shipment_carrier: 'Post',
  agent_email: 'agent@example.org',
  is_hidden: 'true',
  details: '{"expenses":[{"type":"SHIPMENT_EXPENSE_TYPE","sumPrice":490}]}',
});

test('an order is kept as the file tells it', async () => {
  expect(await orders(whole('O-1'))).toMatchObject({ created: 1, rejections: [] });

  expect(await stored('O-1')).toMatchObject({
    customer_reference: 'DE--1',
    price_mode: 'NET_MODE',
    created_at: new Date('2026-01-31T12:30:00Z'),
    updated_at: new Date('2026-02-01T00:00:00Z'),
    subtotal: 1000,
    discount_total: -50,
    grand_total: 1440,
    billing_address: { salutation: 'Ms', firstName: 'Ida', city: 'Berlin' },
    shipping_address: null,
    agent_email: 'agent@example.org',
    is_hidden: true,
    details: { expenses: [{ type: 'SHIPMENT_EXPENSE_TYPE', sumPrice: 490 }] },
    item_states: [],
  });
});

test('the country of an address is kept in capitals', async () => {
  await orders(whole('O-2'));

  expect(await stored('O-2')).toMatchObject({ billing_address: { iso2Code: 'DE' } });
});

test('the same orders and items again change nothing', async () => {
  const file = [whole('R-1'), { order_reference: 'R-2', created_at: '2026-01-01' }];
  const lines = ['1', '2'].map((item_key) => ({ order_reference: 'R-1', item_key, tax_rate: '7.1234', state: 'Paid' }));
  expect([await orders(...file), await items(...lines)]).toMatchObject([{ created: 2 }, { created: 2 }]);
  const before = [await stored('R-1'), await stored('R-2'), await itemsOf('R-1')];

  expect([await orders(...file), await items(...lines)]).toMatchObject([{ unchanged: 2 }, { unchanged: 2 }]);
  expect([await stored('R-1'), await stored('R-2'), await itemsOf('R-1')]).toEqual(before);
});

test('an order whose row does not say when it was placed is not placed anew by the same file', async () => {
  const file = [{ order_reference: 'R-3', created_at: '', updated_at: '' }];
  await orders(...file);
  const before = await stored('R-3');

  expect(await orders(...file)).toMatchObject({ updated: 0, unchanged: 1 });
  expect(await stored('R-3')).toEqual(before);
});

test('columns that a file does not have leave the others as they are', async () => {
  await orders(whole('P-1'));
  await items({
    order_reference: 'P-1',
    state: 'Paid',
    tax_amount: '16',
    image: 'https://e.org/1.jpg',
    details: '{"a":1}',
  });
  const before = await stored('P-1');

  expect(await orders({ order_reference: 'P-1', grand_total: '7' })).toMatchObject({ updated: 1 });
  expect(await stored('P-1')).toEqual({ ...before, grand_total: 7, item_states: ['Paid'] });
  expect(await items({ order_reference: 'P-1', name: 'Desk lamp' })).toMatchObject({ updated: 1 });
  expect(await itemsOf('P-1')).toMatchObject([
    { name: 'Desk lamp', state: 'Paid', tax_amount: 16, image: 'https://e.org/1.jpg', details: { a: 1 } },
  ]);
});

test('one column of an address changes that part alone', async () => {
  await orders(whole('P-2'));

  await orders({ order_reference: 'P-2', billing_first_name: 'Zoe' });
  expect(await stored('P-2')).toMatchObject({
    billing_address: { firstName: 'Zoe', lastName: 'Noor', city: 'Berlin' },
  });
  await orders({ order_reference: 'P-2', billing_city: 'Potsdam' });
  expect(await stored('P-2')).toMatchObject({ billing_address: { firstName: 'Zoe', city: 'Potsdam' } });
});

test('a price of all is the price of one times the quantity, unless the file says it', async () => {
  await orders({ order_reference: 'S-1' });
  await items(
    { order_reference: 'S-1', item_key: '1', quantity: '3', unit_price: '250', sum_price: '' },
    { order_reference: 'S-1', item_key: '2', quantity: '3', unit_price: '250', sum_price: '700' },
    { order_reference: 'S-1', item_key: '3', quantity: '2', unit_price: '-5', sum_price: '0' },
  );

  expect((await itemsOf('S-1')).map((item) => item['sum_price'])).toEqual([750, 700, 0]);
});

test('a price too large to be multiplied is refused alone', async () => {
  await orders({ order_reference: 'S-2' });
  const huge = { item_key: '1', quantity: '999999999', unit_price: '999999999999999' };

  const { created, rejected } = await items(
    { order_reference: 'S-2', ...huge },
    { order_reference: 'S-2', item_key: '2' },
  );

  expect({ created, rejected }).toEqual({ created: 1, rejected: 1 });
});

test('each state is noted once, in the order of the items', async () => {
  await orders({ order_reference: 'T-1' }, { order_reference: 'T-2' });
  const line = (order_reference: string, item_key: string, state: string) => ({ order_reference, item_key, state });
  await items(
    line('T-1', 'z', 'Shipped'),
    line('T-1', 'a', 'New'),
    line('T-2', '1', ''),
    line('T-1', 'm', 'Shipped'),
    line('T-1', 'b', ''),
  );
  expect((await stored('T-1'))?.['item_states']).toEqual(['Shipped', 'New']);
  expect((await stored('T-2'))?.['item_states']).toEqual([]);

  await items(line('T-1', 'z', 'Returned'), line('T-1', 'm', 'Returned'), line('T-2', '1', 'Paid'));
  expect((await stored('T-1'))?.['item_states']).toEqual(['Returned', 'New']);
  expect((await stored('T-2'))?.['item_states']).toEqual(['Paid']);
});

test('items keep the order of the file, among thousands of others', async () => {
  await orders(...['L-1', 'L-2'].map((order_reference) => ({ order_reference })));
  const keys = Array.from({ length: 40 }, (_, at) => String((at * 17) % 40));
  await world.sql(
    `insert into sales_order_item (order_id, item_key, id, sku, name, quantity, unit_price, sum_price)
    select o.id, 'x' || n, gen_random_uuid(), 'S', 'Lamp', 1, 1, 1 from sales_order o, generate_series(1, 20000) n where o.reference = 'L-1'`,
  );
  await world.sql('analyze sales_order_item');

  await items(...keys.map((item_key) => ({ order_reference: 'L-2', item_key })));

  expect((await itemsOf('L-2')).map((item) => item['item_key'])).toEqual(keys);
});

test('the unit of an order is named by its key', async () => {
  await load('company', 'key,name', 'loom,Loom');
  await load('company-business-unit', 'company_key,business_unit_key,name,uuid', `loom,loom-hq,HQ,${UNIT}`);
  const { rejections } = await orders(
    { order_reference: 'U-1', business_unit_key: 'loom-hq' },
    { order_reference: 'U-2', business_unit_key: 'nowhere' },
    { order_reference: 'U-3', business_unit_key: '' },
  );

  expect(rejections).toEqual(['3 business_unit_key names no business unit']);
  expect(await stored('U-1')).toMatchObject({ business_unit_id: UNIT });
  expect([await stored('U-2'), (await stored('U-3'))?.['business_unit_id']]).toEqual([undefined, null]);
});

test('a uuid is kept, and not taken from another order', async () => {
  expect(await orders({ order_reference: 'I-1', uuid: UNIT.toUpperCase() })).toMatchObject({ created: 1 });
  expect(await stored('I-1')).toMatchObject({ id: UNIT });
  expect((await orders({ order_reference: 'I-2', uuid: UNIT })).rejections).toEqual([
    '2 uuid is the identifier of another row',
  ]);
});

const UNIT = '0b7a3f5e-5c0d-5b61-9f0a-1d2c3b4a5968';
