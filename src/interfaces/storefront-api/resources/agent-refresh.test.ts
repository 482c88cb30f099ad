import { describe, expect, test } from 'vitest';
import { api, claimsOf, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { grantStaff } from '../../../domain/staff/index.ts';

const world = useApp();

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const exchange = (refreshToken: string) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
const lives = async (refreshToken: string) => (await exchange(refreshToken)).status === 201;
const works = async (token: string) => (await api(world, 'GET', '/agent-customer-search', { token })).status === 200;

async function onDuty() {
  const person = await agent(world);
  return { ...person, ...(await agentToken(world, person.email)) };
}

async function actingFor(token: string, customerReference: string) {
  const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    token,
    attributes: { customerReference },
  });
  return json.data.attributes as { accessToken: string; refreshToken: string };
}

describe('an agent\u2019s refresh token', () => {
  test('gets a new pair for the same agent and is spent', async () => {
    const { number, accessToken, refreshToken } = await onDuty();

    const answer = await exchange(refreshToken);

    expect(answer.status).toBe(201);
    const next = answer.json.data.attributes;
    expect(Object.keys(next).toSorted()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType']);
    expect(claimsOf(next.accessToken)).toMatchObject({
      scopes: ['agent'],
      sub: { id_agent: number, customer_reference: null },
    });
    expect([await works(next.accessToken), await works(accessToken)]).toEqual([true, true]);
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
  });

  test('that comes again after half a minute ends all that descend from its log-in', async () => {
    const { refreshToken, email } = await onDuty();
    const other = await agentToken(world, email);
    const next = (await exchange(refreshToken)).json.data.attributes;
    pass(31);

    expect(await lives(refreshToken)).toBe(false);
    expect(await lives(next.refreshToken)).toBe(false);
    expect(await lives(other.refreshToken)).toBe(true);
  });

  test.for([{ state: 'blocked' }, { state: 'deleted' }, { isAgent: false }] as const)(
    'dies with the agent\u2019s rights, as the access token does: %j',
    async (grant) => {
      const { email, accessToken, refreshToken } = await onDuty();
      await grantStaff(world.app, email, grant);

      expect(errorsOf(await api(world, 'GET', '/agent-customer-search', { token: accessToken }))).toEqual(['401/001']);
      expect(
        errorsOf(
          await api(world, 'GET', '/agent-customer-search', {
            headers: { 'X-Agent-Authorization': `Bearer ${accessToken}` },
          }),
        ),
      ).toEqual(['401/4102']);
      expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);

      await grantStaff(world.app, email, { state: 'active', isAgent: true });
      expect([await works(accessToken), await lives(refreshToken)]).toEqual([false, false]);
      expect(await works((await agentToken(world, email)).accessToken)).toBe(true);
    },
  );
});

describe('revoking', () => {
  const revoke = (which: string, headers: Record<string, string>) =>
    api(world, 'DELETE', `/refresh-tokens/${which}`, { headers });
  const doors = ['Authorization', 'X-Agent-Authorization'];

  test.for(doors)('the own token with %s ends it alone', async (door) => {
    const { accessToken, refreshToken, email } = await onDuty();
    const other = await agentToken(world, email);

    const answer = await revoke(refreshToken, { [door]: `Bearer ${accessToken}` });

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect([await lives(refreshToken), await lives(other.refreshToken)]).toEqual([false, true]);
    expect(await works(accessToken)).toBe(true);
  });

  test.for(doors)('mine with %s ends all of the agent and nobody else\u2019s', async (door) => {
    const { accessToken, refreshToken, email } = await onDuty();
    const second = await agentToken(world, email);
    const colleague = await onDuty();
    const customer = await logIn(world, (await activeCustomer(world)).email);

    expect((await revoke('mine', { [door]: `Bearer ${accessToken}` })).status).toBe(204);

    expect([await lives(refreshToken), await lives(second.refreshToken)]).toEqual([false, false]);
    expect([await lives(colleague.refreshToken), await lives(customer.refreshToken)]).toEqual([true, true]);
  });

  test('a foreign token is 204 and changes nothing, between agents and customers too', async () => {
    const [one, other] = [await onDuty(), await onDuty()];
    const customer = await logIn(world, (await activeCustomer(world)).email);

    for (const [token, which] of [
      [one.accessToken, other.refreshToken],
      [one.accessToken, customer.refreshToken],
      [customer.accessToken, one.refreshToken],
    ] as const)
      expect((await revoke(which, { Authorization: `Bearer ${token}` })).status).toBe(204);

    for (const { refreshToken } of [one, other, customer]) expect(await lives(refreshToken)).toBe(true);
  });

  test('with a token to act for a customer leaves the customer\u2019s own log-ins alone', async () => {
    const { email, reference } = await activeCustomer(world);
    const own = await logIn(world, email);
    const duty = await onDuty();
    const acting = await actingFor(duty.accessToken, reference);

    await revoke(own.refreshToken, { Authorization: `Bearer ${acting.accessToken}` });
    await revoke('mine', { Authorization: `Bearer ${acting.accessToken}` });

    expect([await lives(own.refreshToken), await lives(duty.refreshToken)]).toEqual([true, true]);
    expect(await lives(acting.refreshToken)).toBe(false);
  });

  test('mine of a customer ends what is theirs although an agent stands beside', async () => {
    const { email } = await activeCustomer(world);
    const { accessToken, refreshToken } = await logIn(world, email);
    const duty = await onDuty();

    await revoke('mine', {
      Authorization: `Bearer ${accessToken}`,
      'X-Agent-Authorization': `Bearer ${duty.accessToken}`,
    });

    expect(await lives(refreshToken)).toBe(false);
  });

  test.for<[headers: Record<string, string>, error: string]>([
    [{}, '403/002'],
    [{ 'X-Agent-Authorization': 'Bearer' }, '403/002'],
    [{ 'X-Agent-Authorization': 'Bearer nonsense' }, '401/4102'],
    [{ Authorization: 'Bearer nonsense' }, '401/001'],
  ])('with %j is refused with %s', async ([headers, error]) => {
    expect(errorsOf(await revoke('mine', headers))).toEqual([error]);
  });
});
