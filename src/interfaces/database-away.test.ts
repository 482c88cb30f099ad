import { afterEach, beforeAll, expect, test } from 'vitest';
import { api } from '../../test/api.ts';
import { useApp } from '../../test/app.ts';
import { browser } from '../../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../../test/builders.ts';

const world = useApp();

// A trigger says what a server would say whose disk is full, or that became a standby.
beforeAll(async () => {
  await world.sql('create table fault (code text)');
  await world.sql(`create function fail() returns trigger language plpgsql as $$
    declare wanted text := (select code from fault);
    begin
      if wanted is not null then raise exception 'a fault of a test' using errcode = wanted; end if;
      return new;
    end $$`);
  for (const table of ['customer', 'throttle', 'link'])
    await world.sql(`create trigger fault before insert or update on ${table} for each row execute function fail()`);
});
afterEach(() => world.sql('delete from fault'));

const codes = [
  ['25006', 'a server that became read-only'],
  ['53100', 'a full disk'],
  ['53200', 'no memory'],
  ['53300', 'too many connections'],
  ['57P01', 'a server that is shut down'],
  ['57014', 'a statement that took too long'],
  ['55P03', 'a lock that took too long'],
  ['40001', 'a conflict that does not end'],
  ['40P01', 'a deadlock that does not end'],
  ['08006', 'a lost connection'],
] as const;

const registration = () => {
  const { email, firstName, lastName } = somebody();
  return {
    salutation: 'Mr',
    gender: 'Male',
    firstName,
    lastName,
    email,
    password: PASSWORD,
    confirmPassword: PASSWORD,
    acceptedTerms: true,
  };
};

test.for(codes)('%s, %s: the Storefront API answers 503 as the contract has it', async ([code]) => {
  await world.sql('insert into fault values ($1)', [code]);

  const answer = await api(world, 'POST', '/customers', { attributes: registration() });

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(answer.json).toEqual({
    errors: [{ status: 503, detail: 'Service is temporarily unavailable. Please try again later.' }],
  });
});

test.for(codes)('%s, %s: a page comes back with what was typed', async ([code]) => {
  const { email, firstName, lastName } = registration();
  const visitor = browser(world);
  await visitor.get('/register');
  await world.sql('insert into fault values ($1)', [code]);

  const answer = await visitor.submit('/register', 'registerForm', {
    salutation: 'Mr',
    first_name: firstName,
    last_name: lastName,
    email,
    'password.pass': PASSWORD,
    'password.confirm': PASSWORD,
    accept_terms: '1',
  });

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(answer.html).toContain('We cannot answer just now');
  expect(answer.html).toContain(`value="${email}"`);
  expect(answer.html).not.toContain(PASSWORD);
});

test.for(codes)('%s, %s: the token endpoint and the decoupled application answer 503', async ([code]) => {
  const customer = await activeCustomer(world);
  await world.sql('insert into fault values ($1)', [code]);

  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ grant_type: 'password', username: customer.email, password: PASSWORD }).toString();
  const token = await api(world, 'POST', '/token', { headers: form, body });
  const decoupled = await api(world, 'POST', '/glue-storefront/token', {
    headers: form,
    body: body.replace('grant_type', 'grantType'),
  });

  expect([token.status, token.headers.get('retry-after')]).toEqual([503, '5']);
  expect([decoupled.status, decoupled.headers.get('retry-after')]).toEqual([503, '5']);
});

test('when the fault is over the same request succeeds', async () => {
  const attributes = registration();
  await world.sql("insert into fault values ('25006')");
  expect((await api(world, 'POST', '/customers', { attributes })).status).toBe(503);

  await world.sql('delete from fault');

  expect((await api(world, 'POST', '/customers', { attributes })).status).toBe(201);
});
