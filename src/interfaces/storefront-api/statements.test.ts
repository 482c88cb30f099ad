import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { useStatements } from '../../../test/statements.ts';

// What a request costs the database: each statement is a way there and back.

const statements = useStatements();
const world = useApp();

async function signedIn() {
  const { email, reference, id } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  const send = (method: string, path: string, attributes?: object) =>
    api(world, method, `/customers/${reference}${path}`, {
      token,
      ...(attributes ? { body: { data: { type: path === '' ? 'customers' : 'addresses', attributes } } } : {}),
    });
  return { id, send };
}

test('reading a profile takes one statement, its addresses two, signing in two', async () => {
  const { email, reference } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  const profile = () => api(world, 'GET', `/customers/${reference}`, { token });
  const addresses = () => api(world, 'GET', `/customers/${reference}/addresses`, { token });

  await addresses();

  expect(await statements(profile)).toHaveLength(1);
  expect(await statements(addresses)).toHaveLength(2);
  expect(await statements(() => logIn(world, email))).toHaveLength(2);
});

test('changing a profile takes two statements: who asks and their second factor, the change with its audit entry', async () => {
  const { id, send } = await signedIn();
  await send('PATCH', '', { firstName: 'Warm' });

  const taken = await statements(() => send('PATCH', '', { firstName: 'Ida', lastName: 'Sand' }));

  expect(taken).toEqual([expect.stringContaining('mfa_method'), expect.stringContaining('insert into audit_entry')]);
  expect(await world.sql('select first_name, last_name from customer where id = $1', [id])).toEqual([
    { first_name: 'Ida', last_name: 'Sand' },
  ]);
});

test('registering takes two statements: whether the address is known, the customer with audit entry and mail', async () => {
  const register = () => {
    const { email, password } = somebody();
    const person = { email, salutation: 'Ms', firstName: 'Ida', lastName: 'Noor', gender: 'Female' };
    const attributes = { ...person, password, confirmPassword: password, acceptedTerms: true };
    return api(world, 'POST', '/customers', { attributes });
  };
  await register();

  const taken = await statements(register);

  expect(taken).toEqual([expect.any(String), expect.stringMatching(/insert into audit_entry.*insert into pgboss/i)]);
});

test('adding an address takes two statements, changing one three, removing one two', async () => {
  const { id, send } = await signedIn();
  const line = { address1: 'Kirchgasse', address2: '17', zipCode: '10115', city: 'Berlin', iso2Code: 'DE' };
  const person = { salutation: 'Ms', firstName: 'Ida', lastName: 'Noor' };
  const address = { ...person, ...line, isDefaultBilling: false, isDefaultShipping: false };
  const added = async () => {
    const { json } = await send('POST', '/addresses', address);
    return `/addresses/${json.data.id}`;
  };
  const path = await added();

  expect(await statements(added)).toHaveLength(2);
  expect(await statements(() => send('PATCH', path, { city: 'Jena' }))).toHaveLength(3);
  expect(await statements(() => send('DELETE', path))).toHaveLength(2);
  expect(await world.sql('select city from customer_address where customer_id = $1', [id])).toEqual([
    { city: 'Berlin' },
  ]);
});
