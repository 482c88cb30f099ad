import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { importFile, useImports } from '../../../test/imports.ts';
import { order } from '../../../test/orders.ts';
import { everything } from '../../platform/database/page.ts';
import { customerByEmail, registerCustomer } from '../customers/index.ts';
import { feedOrders, listOrders } from './index.ts';

const world = useApp();
const { folder, loadLines } = useImports(world);

const numberOf = (reference: string) => Number(/\d+$/.exec(reference)?.[0]);
/** The reference that is drawn next, and one further on. */
async function nextReference(further = 0) {
  const [row] = await world.sql('select last_value from customer_reference_number');
  return `DE--${Number(row?.['last_value']) + 1 + further}`;
}
const ordersOf = async (id: string) =>
  (await listOrders(world.app.db, id, everything)).items.map(({ reference }) => reference);
const importOrder = (reference: string, customer: string, email = '') =>
  loadLines('order', 'order_reference,currency,customer_reference,email', `${reference},EUR,${customer},${email}`);
const importCustomer = (reference: string, email: string) =>
  loadLines('customer', 'customer_reference,email', `${reference},${email}`);

test.for([
  ['a feed', (customer: string) => feedOrders(world.app, [order({ customerReference: customer })])],
  ['a file of orders', (customer: string) => importOrder(`F-${customer}`, customer)],
  [
    'a file of addresses',
    (customer: string) =>
      loadLines('customer-address', 'customer_reference,first_name,last_name,country_iso2_code', `${customer},V,T,DE`),
  ],
  [
    'a file of company users',
    (customer: string) =>
      loadLines('company-user', 'company_user_key,customer_reference,company_key', `u,${customer},none`),
  ],
  ['a row that is refused', (customer: string) => importCustomer(customer, 'nobody')],
  ['a quoted cell with blanks', (customer: string) => importCustomer(`" ${customer} "`, 'nobody')],
] as const)('a reference that comes in by %s is not drawn for a new customer', async ([, bring]) => {
  const reference = await nextReference(3);
  await bring(reference);

  const registered = await registerCustomer(world.app, somebody());

  expect(numberOf(registered.reference)).toBe(numberOf(reference) + 1);
  expect(await ordersOf(registered.id)).toEqual([]);
});

test('a reference that an order names already is passed over, whatever the counter says', async () => {
  const reference = await nextReference();
  await feedOrders(world.app, [order({ customerReference: reference })]);
  await world.sql(`select setval('customer_reference_number', $1)`, [numberOf(reference) - 1]);

  const registered = await registerCustomer(world.app, somebody());

  expect(numberOf(registered.reference)).toBeGreaterThan(numberOf(reference));
});

test('an order that comes before its customer is theirs when an import brings them', async () => {
  const reference = await nextReference(5);
  const fed = order({ customerReference: reference });
  await feedOrders(world.app, [fed]);
  await importOrder('B-1', reference);

  await importCustomer(reference, 'before@example.org');

  const moved = await customerByEmail(world.app.db, 'before@example.org');
  expect(await ordersOf(moved?.id ?? '')).toEqual([fed.reference, 'B-1']);
  expect(await importOrder('B-1', reference)).toMatchObject({ unchanged: 1 });
});

test('an order that is fed of a customer is theirs, whatever its address', async () => {
  const { id, reference } = await activeCustomer(world);
  const fed = order({ customerReference: reference });

  await feedOrders(world.app, [fed]);

  expect(await ordersOf(id)).toEqual([fed.reference]);
});

test('where a reference means two customers, the address of the order decides, and nobody sees one that fits neither', async () => {
  const here = await activeCustomer(world);
  await loadLines('customer', 'customer_reference,email', `${here.reference},moved.two@example.org`);
  const file = join(folder, 'customer.csv');
  await importFile(world, 'customer', file, { newReferences: true });
  const moved = await customerByEmail(world.app.db, 'moved.two@example.org');
  const [his, theirs, neither] = [here.email, 'Moved.Two@example.org', 'third@example.org'].map((email) =>
    order({ customerReference: here.reference, email }),
  );
  if (!his || !theirs || !neither) throw new Error('three orders');

  await feedOrders(world.app, [his, theirs, neither]);

  expect(await ordersOf(here.id)).toEqual([his.reference]);
  expect(await ordersOf(moved?.id ?? '')).toEqual([theirs.reference]);
});

test('references that are drawn side by side are different ones', async () => {
  const registered = await Promise.all(Array.from({ length: 20 }, () => registerCustomer(world.app, somebody())));

  expect(new Set(registered.map(({ reference }) => reference)).size).toBe(20);
});
