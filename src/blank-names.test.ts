import { expect, test } from 'vitest';
import { api, logIn } from '../test/api.ts';
import { useApp } from '../test/app.ts';
import { browser } from '../test/browser.ts';
import { activeCustomer, berlin, PASSWORD, registration, somebody } from '../test/builders.ts';
import { useConsole } from '../test/console.ts';
import { useAddressImports } from '../test/imports.ts';
import { customerByEmail, customerById, customerByReference } from './domain/customers/index.ts';

// A name of characters that show nothing is no name, wherever it comes from.
const world = useApp({ PASSWORD_POLICY: 'classic' });
const run = useConsole(world);
const { loadLines, customer: importedCustomer, addresses, stored } = useAddressImports(world);

const BLANK = 'This value should not be blank.';
const unseen = [
  ['zero width space', '\u200B'],
  ['right-to-left mark', '\u200F'],
  ['soft hyphen', '\u00AD'],
  ['Hangul filler', '\u3164'],
  ['half-width Hangul filler', '\uFFA0'],
  ['Braille pattern blank', '\u2800'],
  ['word joiner between spaces', ' \u2060 '],
  ['variation selector', '\uFE0F'],
  ['tag', '\u{E0020}'],
] as const;
// Every channel asks the same function, so that a few will do for the others.
const some = unseen.filter(([name]) => /zero|Hangul filler|Braille/.test(name));

test.for(unseen)('a registration over the API: %s', async ([, firstName]) => {
  const attributes = registration({ firstName });

  const { status, json } = await api(world, 'POST', '/customers', { attributes });

  expect([status, json.errors[0].detail]).toEqual([422, `firstName => ${BLANK}`]);
  expect(await customerByEmail(world.app.db, attributes.email)).toBeUndefined();
});

test.for(some)('a registration on the page: %s', async ([, last_name]) => {
  const { email } = somebody();

  const { html } = await browser(world).submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: 'Ida',
    last_name,
    email,
    'password.pass': PASSWORD,
    'password.confirm': PASSWORD,
    accept_terms: '1',
  });

  expect(html).toContain('Please enter 1 to 100 characters');
  expect(await customerByEmail(world.app.db, email)).toBeUndefined();
});

test.for(some)('a profile and an address over the API: %s', async ([, unseen]) => {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  const at = `/customers/${customer.reference}`;

  const profile = await api(world, 'PATCH', at, { token, attributes: { lastName: unseen } });
  const address = await api(world, 'POST', `${at}/addresses`, {
    token,
    attributes: { ...berlin, lastName: unseen, address1: unseen },
  });

  expect([profile.status, profile.json.errors[0].detail]).toEqual([422, `lastName => ${BLANK}`]);
  expect(address.status).toBe(422);
  expect(address.json.errors.map(({ detail }: { detail: string }) => detail)).toEqual([
    `lastName => ${BLANK}`,
    `address1 => ${BLANK}`,
  ]);
});

test.for(some)('an address that is changed over the API: %s', async ([, city]) => {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  const list = `/customers/${customer.reference}/addresses`;
  const added = await api(world, 'POST', list, { token, attributes: berlin });

  const { json } = await api(world, 'PATCH', `${list}/${added.json.data.id}`, { token, attributes: { city } });

  expect(json.errors[0].detail).toBe(`city => ${BLANK}`);
});

test.for(some)('a profile on the page: %s', async ([, first_name]) => {
  const customer = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });

  const { status, html } = await visitor.submit('/customer/profile', 'profileForm', {
    salutation: 'Ms',
    first_name,
    last_name: 'Noor',
    email: customer.email,
  });

  expect(status).toBe(422);
  expect(html).toContain('Please enter 1 to 100 characters');
  expect(await customerById(world.app.db, customer.id)).toMatchObject({ firstName: 'Ida' });
});

test.for(some)('files of customers, addresses and companies: %s', async ([, unseen], { task }) => {
  const reference = `Z${task.id}--1`.replaceAll('_', '');
  const customers = await loadLines(
    'customer',
    'customer_reference,email,first_name',
    `${reference},${reference}@example.org,${unseen}`,
    `${unseen},nobody@example.org,Ida`,
  );
  const owner = await importedCustomer();
  const { rejections } = await addresses({ customer_reference: owner, last_name: unseen });
  const companies = await loadLines('company', 'key,name', `${reference},${unseen}`);
  const users = await loadLines('company-user', 'company_user_key,customer_reference,company_key', `${unseen},a,b`);

  expect(customers.rejections).toEqual(['3 customer_reference is empty']);
  expect(await customerByReference(world.app.db, reference)).toMatchObject({ firstName: null });
  expect(rejections[0]).toBe('2 last_name is empty');
  expect(await stored(owner)).toEqual([]);
  expect(companies.rejections).toEqual(['2 name is empty']);
  expect(users.rejections).toEqual(['2 company_user_key is empty']);
});

test.for(some)('the console: %s', async ([, unseen], { task }) => {
  const { status, text } = await run('user:create', [`eva.${task.id}@shop.example`, `--first-name=${unseen}`]);

  expect(status).not.toBe(0);
  expect(text).toContain('--first-name: must not be blank');
});

test('visible text between invisible characters is a name, kept to the letter', async () => {
  const attributes = registration({ firstName: 'می\u200Cخواهم', lastName: '👩\u200D🚀' });

  expect((await api(world, 'POST', '/customers', { attributes })).status).toBe(201);
  expect(await customerByEmail(world.app.db, attributes.email)).toMatchObject({
    firstName: 'می\u200Cخواهم',
    lastName: '👩\u200D🚀',
  });
});
