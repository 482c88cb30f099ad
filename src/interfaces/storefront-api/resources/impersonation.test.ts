import { beforeAll, describe, expect, test } from 'vitest';
import { api, claimsOf, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, berlin, PASSWORD } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { changePassword } from '../../../domain/credentials/index.ts';
import { anonymizeCustomer, type Customer, lockAccount, unlockAccount } from '../../../domain/customers/index.ts';
import { grantStaff, type StaffUser } from '../../../domain/staff/index.ts';

const world = useApp();
const TYPE = 'agent-customer-impersonation-access-tokens';

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

let duty: StaffUser & Tokens;
beforeAll(async () => {
  duty = await onDuty();
});

async function onDuty(): Promise<StaffUser & Tokens> {
  const person = await agent(world);
  return { ...person, ...(await agentToken(world, person.email)) };
}

const impersonate = (attributes: unknown, { accessToken: token } = duty) =>
  api(world, 'POST', `/${TYPE}`, { token, attributes });
const actFor = async ({ reference }: Customer, by = duty): Promise<Tokens> =>
  (await impersonate({ customerReference: reference }, by)).json.data.attributes;

const read = (token: string) => api(world, 'GET', '/customers', { token });
const exchange = (refreshToken: string) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });

describe('an agent who asks to act for a customer', () => {
  test('gets a pair of tokens that names both', async () => {
    const customer = await activeCustomer(world);

    const answer = await impersonate({ customerReference: customer.reference });

    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      data: {
        type: TYPE,
        id: null,
        attributes: {
          tokenType: 'Bearer',
          expiresIn: 3600,
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
        },
        links: { self: `http://shop.test/${TYPE}` },
      },
    });
    expect(claimsOf(answer.json.data.attributes.accessToken)).toMatchObject({
      scopes: ['customer_impersonation', 'customer'],
      sub: { customer_reference: customer.reference, id_customer: customer.number, id_agent: duty.number },
    });
  });

  test.for<[name: string, attributes: () => unknown]>([
    ['nothing', () => ({})],
    ['an empty reference', () => ({ customerReference: '' })],
    ['null', () => ({ customerReference: null })],
    ['an unknown reference', () => ({ customerReference: 'DE--999999' })],
    ['a number', () => ({ customerReference: 1 })],
    ['a list', () => ({ customerReference: ['DE--1'] })],
    ['an object', () => ({ customerReference: { $ne: null } })],
    ['a NUL', () => ({ customerReference: 'DE--1\0' })],
    ['a wildcard', () => ({ customerReference: '%' })],
    ['mine', () => ({ customerReference: 'mine' })],
    ['another member', () => ({ reference: 'DE--1', id: 1 })],
  ])('%s is 401/4104', async ([, attributes]) => {
    const answer = await impersonate(attributes());

    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"errors":[{"detail":"Failed to impersonate a customer.","status":401,"code":"4104"}]}');
  });

  test('an account that is locked or erased is 401/4104', async () => {
    const [locked, erased] = [await activeCustomer(world), await activeCustomer(world)];
    await lockAccount(world.app, locked.id);
    await anonymizeCustomer(world.app, erased.id);

    for (const { reference } of [locked, erased])
      expect(errorsOf(await impersonate({ customerReference: reference }))).toEqual(['401/4104']);
  });

  test('another type is 400, before anybody is asked for', async () => {
    const answer = await api(world, 'POST', `/${TYPE}`, { body: { data: { type: 'customers', attributes: {} } } });

    expect([answer.status, answer.text]).toEqual([400, '{"errors":[{"detail":"Invalid type.","status":400}]}']);
  });
});

describe('with the token the agent is the customer', () => {
  test.for<[method: string, path: (own: string) => string, status: number, attributes?: object]>([
    ['GET', () => '/customers', 200],
    ['GET', (own) => `/customers/${own}`, 200],
    ['PATCH', (own) => `/customers/${own}`, 200, { firstName: 'Helped' }],
    ['GET', (own) => `/customers/${own}/addresses`, 200],
    ['POST', (own) => `/customers/${own}/addresses`, 201, berlin],
    ['GET', (own) => `/customers/${own}/orders`, 200],
    ['GET', () => '/orders', 200],
    ['GET', (own) => `/customers/${own}/carts`, 200],
    ['GET', (own) => `/customers/${own}/availability-notifications`, 200],
    ['GET', () => '/multi-factor-auth-types', 200],
  ])('%s %s', async ([method, path, status, attributes]) => {
    const customer = await activeCustomer(world);
    const { accessToken: token } = await actFor(customer);

    const answer = await api(world, method, path(customer.reference), {
      token,
      ...(attributes ? { attributes } : {}),
    });

    expect(answer.status, answer.text).toBe(status);
  });

  test('and no other one', async () => {
    const [customer, other] = [await activeCustomer(world), await activeCustomer(world)];
    const { accessToken: token } = await actFor(customer);
    const ask = (method: string, path: string, attributes?: object) =>
      api(world, method, path, { token, ...(attributes ? { attributes } : {}) });

    expect((await read(token)).json.data.map(({ id }: { id: string }) => id)).toEqual([customer.reference]);
    expect(errorsOf(await ask('GET', `/customers/${other.reference}`))).toEqual(['404/402']);
    expect(errorsOf(await ask('PATCH', `/customers/${other.reference}`, { firstName: 'Eve' }))).toEqual(['403/411']);
    expect(errorsOf(await ask('GET', `/customers/${other.reference}/addresses`))).toEqual(['403/411']);
  });

  test('who keeps the own log-ins and password', async () => {
    const customer = await activeCustomer(world);
    const own = await logIn(world, customer.email);
    await actFor(customer);

    expect((await read(own.accessToken)).status).toBe(200);
    expect((await exchange(own.refreshToken)).status).toBe(201);
    await expect(logIn(world, customer.email)).resolves.toBeDefined();
  });
});

describe('acting for a customer ends', () => {
  async function acting() {
    const [customer, by] = [await activeCustomer(world), await onDuty()];
    return { customer, by, ...(await actFor(customer, by)) };
  }
  const isOver = async ({ accessToken, refreshToken }: Tokens) => {
    expect(errorsOf(await read(accessToken))).toEqual(['401/001']);
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
  };

  test.for([{ state: 'blocked' }, { state: 'deleted' }, { isAgent: false }] as const)(
    'with the agent\u2019s rights, for good: %j',
    async (grant) => {
      const { customer, by, ...tokens } = await acting();
      const own = await logIn(world, customer.email);
      await grantStaff(world.app, by.email, grant);

      await isOver(tokens);
      await grantStaff(world.app, by.email, { state: 'active', isAgent: true });
      await isOver(tokens);
      expect((await read(own.accessToken)).status).toBe(200);
    },
  );

  test.for<[name: string, end: (customer: Customer) => Promise<unknown>]>([
    ['a lock', ({ id }) => lockAccount(world.app, id)],
    ['a lock that was lifted', ({ id }) => lockAccount(world.app, id).then(() => unlockAccount(world.app, id))],
    ['erasure', ({ id }) => anonymizeCustomer(world.app, id)],
    [
      'a new password',
      ({ id }) => changePassword(world.app, { customerId: id, current: PASSWORD, next: 'Another-Horse-8-Battery' }),
    ],
  ])('with %s of the customer, who is all that ends', async ([, end]) => {
    const { customer, by, ...tokens } = await acting();
    await end(customer);

    await isOver(tokens);
    const search = await api(world, 'GET', '/agent-customer-search', { token: by.accessToken });
    expect(search.status).toBe(200);
    expect((await exchange(by.refreshToken)).status).toBe(201);
    await expect(agentToken(world, by.email)).resolves.toBeDefined();
  });

  test('not with a refresh, which keeps whom it is for and by', async () => {
    const { customer, by, accessToken, refreshToken } = await acting();

    const answer = await exchange(refreshToken);

    expect(answer.status).toBe(201);
    const next: Tokens = answer.json.data.attributes;
    expect(claimsOf(next.accessToken)).toMatchObject({
      scopes: ['customer_impersonation', 'customer'],
      sub: { customer_reference: customer.reference, id_customer: customer.number, id_agent: by.number },
    });
    expect((await read(next.accessToken)).json.data[0].id).toBe(customer.reference);
    expect((await read(accessToken)).status).toBe(200);
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    await grantStaff(world.app, by.email, { state: 'blocked' });
    await isOver(next);
  });
});
