import { expect, test } from 'vitest';
import { logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { useImports } from '../../../test/imports.ts';
import { registerCustomer } from './index.ts';

const world = useApp();
const spread = useApp({
  CUSTOMER_REFERENCE_PREFIX: 'shop',
  CUSTOMER_REFERENCE_ENVIRONMENT: 'live',
  CUSTOMER_REFERENCE_OFFSET: '5000',
  CUSTOMER_REFERENCE_PADDING: '8',
  CUSTOMER_REFERENCE_STEP_MIN: '3',
  CUSTOMER_REFERENCE_STEP_MAX: '9',
});
const { loadLines } = useImports(world);

const numberOf = (reference: string) => Number(/\d+$/.exec(reference)?.[0]);
const register = async (on = world) => (await registerCustomer(on.app, somebody())).reference;
const insertCustomers = (reference: string, series: string) =>
  world.sql(`insert into customer (id, reference, email, email_key, locale, created_at, updated_at)
    select gen_random_uuid(), ${reference}, gen_random_uuid(), gen_random_uuid(), 'de_DE', now(), now() from ${series}`);

test('a registration does not wait for one that has drawn its reference and is not stored yet', async () => {
  await world.sql('begin');
  const [row] = await world.sql(`select draw_customer_reference('DE--') as reference`);

  const reference = await register();

  await world.sql('rollback');
  expect(numberOf(reference)).toBe(numberOf(String(row?.['reference'])) + 1);
});

test('references start above the offset, are padded, and go on in random steps', async () => {
  const references = [];
  for (let at = 0; at < 20; at += 1) references.push(await register(spread));

  for (const reference of references) expect(reference).toMatch(/^shop-live-00005\d{3}$/);
  const numbers = [5000, ...references.map(numberOf)];
  const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(3);
  expect(Math.max(...steps)).toBeLessThanOrEqual(9);
  expect(new Set(steps).size).toBeGreaterThan(1);
});

test('the number of a customer in access tokens takes the same steps', async () => {
  const idOf = async () => {
    const { accessToken } = await logIn(spread, (await activeCustomer(spread)).email);
    const { sub } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
    return (JSON.parse(sub) as { id_customer: number }).id_customer;
  };
  const [first, second] = [await idOf(), await idOf()];

  expect(first).toBeGreaterThan(5000);
  expect(second - first).toBeGreaterThanOrEqual(3);
});

test('a number longer than the padding stays whole', async () => {
  const [row] = await world.sql(
    `select draw_customer_reference('X--', 0) as none, draw_customer_reference('X--', 1) as one`,
  );

  expect(numberOf(String(row?.['one']))).toBe(numberOf(String(row?.['none'])) + 1);
});

test('registrations during an import with references of the same numbers get others', async () => {
  const start = numberOf(await register());
  const rows = Array.from({ length: 9 }, (_, at) => `DE--${start + 1 + at * 3},moved.${at}@example.org`);

  const [registered, { created, rejected }] = await Promise.all([
    Promise.all(Array.from({ length: 12 }, () => register())),
    loadLines('customer', 'customer_reference,email', ...rows),
  ]);

  expect(new Set(registered).size).toBe(12);
  // A reference that was drawn before the file came is refused.
  expect(created + rejected).toBe(9);
});

test('a counter far behind the references in use catches up in a few leaps', async () => {
  const behind = numberOf(await register());
  await insertCustomers(`'DE--' || ${behind} + n`, 'generate_series(1, 3000) n');

  expect(numberOf(await register())).toBe(behind + 3071);
});
