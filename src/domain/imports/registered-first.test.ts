import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, OTHER_PASSWORD, PASSWORD, somebody } from '../../../test/builders.ts';
import { csv, type ImportFlags, useImports } from '../../../test/imports.ts';
import { order } from '../../../test/orders.ts';
import { addAddress, addressesOf } from '../addresses/index.ts';
import { confirmCustomer, type Customer, customerByEmail, registerCustomer } from '../customers/index.ts';
import { issueLink } from '../links/index.ts';
import { feedOrders, listOrders } from '../orders/index.ts';
import { signIn } from '../sign-in/index.ts';
import { importerOf, runImport } from './index.ts';
import { everything } from '../../platform/database/page.ts';

const world = useApp();
const { folder, load, loadLines } = useImports(world);

const OLD = 'Old-Shop-7-Password';
const hash = bcrypt(OLD, 4);
const REGISTERED = 'belongs to a customer who registered here';

const victim = (reference: string) => `victim.${reference.toLowerCase()}@example.org`;

/** A row of the old shop's customers. */
const moveIn = (reference: string, email: string, flags: ImportFlags = {}) =>
  load(
    'customer',
    csv([
      ['customer_reference', 'email', 'first_name', 'phone', 'password', 'registered'],
      [reference, email, 'Vic', '030', hash, '2020-06-24'],
    ]),
    flags,
  );

const opens = (email: string, password: string) =>
  signIn(world.app, { email, password, door: 'customer', clears: true }, async () => true).catch(() => false);

/** The rows of a move that say something of the customer with a reference: an address, jobs, an order. */
async function moveRest(reference: string, flags: ImportFlags = {}) {
  const put = (entity: string, ...lines: string[]) => load(entity, lines.join('\n'), flags);
  await loadLines('company', 'key,name,is_active,status', 'C,Loom AG,true,approved');
  await loadLines('company-business-unit', 'company_key,business_unit_key,name', 'C,C-hq,HQ');
  const address = `${reference},Vic,Tim,Way,1,10115,Berlin,DE`;
  return {
    address: await put(
      'customer-address',
      'customer_reference,first_name,last_name,address1,address2,zip_code,city,country_iso2_code',
      address,
    ),
    job: await put(
      'company-user',
      'company_user_key,customer_reference,company_key,is_default',
      `u${reference},${reference},C,true`,
    ),
    onBehalf: await put(
      'company-user-on-behalf',
      'customer_reference,company_key,business_unit_key,default',
      `${reference},C,C-hq,`,
    ),
    order: await put(
      'order',
      'order_reference,currency,customer_reference,email',
      `O${reference},EUR,${reference},${victim(reference)}`,
    ),
  };
}

/** What an account shows of a move: addresses, companies, orders. */
async function shown({ id }: { id: string }) {
  const companies = await world.sql('select 1 from company_user where customer_id = $1', [id]);
  const orders = await listOrders(world.app.db, id, everything);
  return [(await addressesOf(world.app.db, id)).length, companies.length, orders.total];
}

test('a row with the reference of a customer who registered here is refused, and nothing of a move reaches them', async () => {
  const stranger = await activeCustomer(world);
  const { reference } = stranger;

  expect((await moveIn(reference, victim(reference))).rejections).toEqual([`2 customer_reference ${REGISTERED}`]);
  for (const { rejections } of Object.values(await moveRest(reference)))
    expect(rejections).toEqual([`2 customer_reference ${REGISTERED}`]);

  expect(await customerByEmail(world.app.db, stranger.email)).toMatchObject({ id: stranger.id, firstName: 'Ida' });
  expect(await customerByEmail(world.app.db, victim(reference))).toBeUndefined();
  expect(await opens(stranger.email, PASSWORD)).toBe(true);
  expect(await shown(stranger)).toEqual([0, 0, 0]);
});

test('files that an earlier import has nothing to do with are refused alone too', async () => {
  const stranger = await registerCustomer(world.app, somebody());

  for (const { rejections } of Object.values(await moveRest(stranger.reference)))
    expect(rejections).toEqual([`2 customer_reference ${REGISTERED}`]);
});

test('asked for new references, the row gets one, and the rest of the move follows it', async () => {
  const stranger = await activeCustomer(world);
  const flags = { newReferences: true };

  expect(await moveIn(stranger.reference, victim(stranger.reference), flags)).toMatchObject({
    created: 1,
    rejections: [],
  });
  for (const report of Object.values(await moveRest(stranger.reference)))
    expect(report).toMatchObject({ created: 1, rejections: [] });

  const moved = await customerByEmail(world.app.db, victim(stranger.reference));
  expect(moved?.reference).not.toBe(stranger.reference);
  expect(await opens(victim(stranger.reference), OLD)).toBe(true);
  expect(await shown(moved ?? stranger)).toEqual([1, 2, 1]);
  expect(await shown(stranger)).toEqual([0, 0, 0]);
  // The same files again, with the option or without it.
  expect(await moveIn(stranger.reference, victim(stranger.reference))).toMatchObject({ unchanged: 1 });
  expect(await moveIn(stranger.reference, victim(stranger.reference), flags)).toMatchObject({ unchanged: 1 });
  expect(await moveRest(stranger.reference)).toMatchObject({
    address: { unchanged: 1 },
    job: { unchanged: 1 },
    order: { unchanged: 1 },
  });
  expect(await registerCustomer(world.app, somebody())).not.toMatchObject({ reference: moved?.reference });
});

test('a dry run with new references counts the same and draws none', async () => {
  const stranger = await activeCustomer(world);
  const counter = () => world.sql('select last_value from customer_reference_number');
  const before = await counter();

  expect(
    await moveIn(stranger.reference, victim(stranger.reference), { newReferences: true, dryRun: true }),
  ).toMatchObject({
    created: 1,
    rejections: [],
  });
  expect(await counter()).toEqual(before);
});

test('rows may name customers by the references of here where the file says so', async () => {
  const customer = await activeCustomer(world);

  for (const report of Object.values(await moveRest(customer.reference, { localReferences: true })))
    expect(report).toMatchObject({ created: 1, rejections: [] });
  expect(await shown(customer)).toEqual([1, 2, 1]);
});

test('an order with the address that its customer has proven here needs no more', async () => {
  const customer = await activeCustomer(world);
  const put = (email: string, at: number) =>
    loadLines(
      'order',
      'order_reference,currency,customer_reference,email',
      `P${at}-${customer.reference},EUR,${customer.reference},${email}`,
    );

  expect((await put(customer.email.toUpperCase(), 1)).rejections).toEqual([]);
  expect((await put('other@example.org', 2)).rejections).toEqual([`2 customer_reference ${REGISTERED}`]);
  expect((await put('', 3)).rejections).toEqual([`2 customer_reference ${REGISTERED}`]);
  expect(await shown(customer)).toEqual([0, 0, 1]);
});

test('orders that a feed has brought to their customer are updated by a file', async () => {
  const customer = await activeCustomer(world);
  const fed = order({ customerReference: customer.reference });
  await feedOrders(world.app, [fed]);

  expect(
    await loadLines(
      'order',
      'order_reference,currency,customer_reference,payment_method',
      `${fed.reference},EUR,${customer.reference},Card`,
    ),
  ).toMatchObject({ updated: 1, rejections: [] });
  expect(await shown(customer)).toEqual([0, 0, 1]);
});

test('whoever registered and confirmed with reference and address of a row keeps password and name; what is missing is filled in', async () => {
  const { reference, email } = await activeCustomer(world);

  expect(await moveIn(reference, email)).toMatchObject({ updated: 1, rejections: [] });
  expect(await moveIn(reference, email)).toMatchObject({ unchanged: 1, rejections: [] });

  expect(await customerByEmail(world.app.db, email)).toMatchObject({ reference, firstName: 'Ida', phone: '030' });
  expect([await opens(email, PASSWORD), await opens(email, OLD)]).toEqual([true, false]);
});

test('a confirmed address under another reference is the same person only where rows may be renamed', async () => {
  const here = await activeCustomer(world);

  expect((await moveIn('REN--1', here.email)).rejections).toEqual([`2 email belongs to ${here.reference}`]);
  expect(await moveIn('REN--1', here.email, { newReferences: true })).toMatchObject({ updated: 1, rejections: [] });
  expect(await moveIn('REN--1', 'moved.on@example.org')).toMatchObject({ unchanged: 1 });

  expect(await customerByEmail(world.app.db, here.email)).toMatchObject({
    id: here.id,
    reference: here.reference,
    firstName: 'Ida',
  });
  expect(await opens(here.email, PASSWORD)).toBe(true);
  expect(await moveRest('REN--1')).toMatchObject({ address: { created: 1 }, order: { created: 1 } });
  expect(await shown(here)).toEqual([1, 2, 1]);
});

const mallory = {
  salutation: null,
  firstName: 'M',
  lastName: 'Mallory',
  company: null,
  address1: 'Way',
  address2: '1',
  address3: null,
  zipCode: '10115',
  city: 'Berlin',
  region: null,
  country: 'DE',
  phone: null,
  comment: null,
  isDefaultBilling: true,
  isDefaultShipping: true,
};

/** An account of an address that its owner never confirmed, with as much in it as can be. */
async function preRegistered(email: string): Promise<Customer & { link: string }> {
  const customer = await registerCustomer(
    world.app,
    somebody({ email, password: OTHER_PASSWORD, firstName: 'Mallory' }),
  );
  await addAddress(world.app, customer.id, mallory);
  return { ...customer, link: await issueLink(world.app, 'confirm', customer.id) };
}

test.for([
  ['the same reference', (reference: string) => reference],
  ['another reference', (reference: string) => `UN-${reference}`],
] as const)(
  'an address that was registered here and never confirmed goes to the row with %s; nothing of the registration stays',
  async ([, referenceOf]) => {
    const email = victim(`pre${referenceOf('')}-1`);
    const stranger = await preRegistered(email);

    expect(await moveIn(referenceOf(stranger.reference), email)).toMatchObject({ updated: 1, rejections: [] });
    expect(await moveIn(referenceOf(stranger.reference), email)).toMatchObject({ unchanged: 1, rejections: [] });

    expect(await customerByEmail(world.app.db, email)).toMatchObject({
      firstName: 'Vic',
      lastName: null,
      state: 'active',
    });
    expect([await opens(email, OTHER_PASSWORD), await opens(email, OLD)]).toEqual([false, true]);
    await expect(confirmCustomer(world.app, stranger.link)).rejects.toThrow(/^links\./);
    expect(await shown(stranger)).toEqual([0, 0, 0]);
  },
);

test('an access token of an account that became another one is void', async () => {
  const email = victim('token');
  const stranger = await preRegistered(email);
  // As if the shop had let them in before they confirmed.
  await world.sql('update customer set verified_at = now() where id = $1', [stranger.id]);
  const { json } = await api(world, 'POST', '/access-tokens', {
    attributes: { username: email, password: OTHER_PASSWORD },
  });
  await world.sql('update customer set verified_at = null, last_sign_in_at = null where id = $1', [stranger.id]);

  await moveIn(stranger.reference, email);

  const token = json.data.attributes.accessToken;
  expect((await api(world, 'GET', `/customers/${stranger.reference}`, { token })).status).toBe(401);
});

test('an identifier of a customer who registered here gives a row nothing', async () => {
  const { id, reference } = await activeCustomer(world);

  expect(
    (await loadLines('customer', 'customer_reference,email,uuid', `UU--1,uu@example.org,${id}`)).rejections,
  ).toEqual([`2 uuid belongs to ${reference}`]);
});

test('references that are drawn while an import runs are none of its file', async () => {
  const { reference } = await activeCustomer(world);
  const first = Number(/\d+$/.exec(reference)?.[0]) + 1;
  const rows = Array.from({ length: 60 }, (_, at) => `DE--${first + at},live.${first + at}@example.org`);
  const file = ['customer_reference,email', ...rows];

  writeFileSync(join(folder, 'live.csv'), file.join('\n'));
  let registering: Promise<Customer>[] | undefined;
  const report = await runImport(
    world.app,
    importerOf('customer'),
    // Row by row, each in a transaction.
    { file: join(folder, 'live.csv'), stopAtFirst: true },
    { rejected: () => (registering ??= Array.from({ length: 12 }, () => registerCustomer(world.app, somebody()))) },
  );
  const registered = await Promise.all(registering ?? []);

  expect(report).toMatchObject({ created: 60, rejected: 0 });
  const drawn = registered.map(({ reference }) => Number(/\d+$/.exec(reference)?.[0]));
  expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => first + 60 + at));
});
