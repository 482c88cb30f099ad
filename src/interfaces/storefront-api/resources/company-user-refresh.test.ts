import { describe, expect, test } from 'vitest';
import { api, claimsOf, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { anonymizeCustomer } from '../../../domain/customers/index.ts';
import { commuter, companyOf } from '../../../../test/companies.ts';

const world = useApp();

const choose = (token: string, idCompanyUser: string) =>
  api(world, 'POST', '/company-user-access-tokens', { token, attributes: { idCompanyUser } });
const refresh = (refreshToken: string) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
const companySeenBy = (token: string) => companyOf(world, token);

const worker = () => commuter(world);

test('an agent who acts for a customer chooses for them, and stays named in the token', async () => {
  const { reference, one, first } = await worker();
  const { accessToken: agentsToken } = await agentToken(world, (await agent(world)).email);
  const acting = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    token: agentsToken,
    attributes: { customerReference: reference },
  });
  const chosen = (await choose(acting.json.data.attributes.accessToken, one)).json.data.attributes;
  const next = (await refresh(chosen.refreshToken)).json.data.attributes;

  for (const { accessToken } of [chosen, next]) {
    const { sub } = claimsOf(accessToken);
    expect(sub).toMatchObject({ customer_reference: reference, id_company_user: one });
    expect(sub.id_agent).toBe(claimsOf(agentsToken).sub.id_agent);
    expect(await companySeenBy(accessToken)).toBe(first.id);
  }
});

describe('a refresh', () => {
  test('keeps the company user and the scopes, again and again', async () => {
    const { token, one, first } = await worker();
    let pair = (await choose(token, one)).json.data.attributes;
    for (let at = 0; at < 3; at += 1) {
      const answer = await refresh(pair.refreshToken);
      expect(answer.status).toBe(201);
      expect(Object.keys(answer.json.data.attributes)).not.toContain('idCompanyUser');
      pair = answer.json.data.attributes;
      expect(claimsOf(pair.accessToken)).toMatchObject({ scopes: ['company_user'], sub: { id_company_user: one } });
      expect(await companySeenBy(pair.accessToken)).toBe(first.id);
    }
  });

  test('of the log-in before it goes on without', async () => {
    const { email, one } = await worker();
    const before = await logIn(world, email);
    await choose(before.accessToken, one);
    const { accessToken } = (await refresh(before.refreshToken)).json.data.attributes;
    expect(claimsOf(accessToken)).toMatchObject({ scopes: ['customer'], sub: { id_company_user: null } });
  });

  test('another customer\u2019s company user written into a refresh token is not taken up', async () => {
    const { email } = await worker();
    const { refreshToken } = await logIn(world, email);
    const stranger = await worker();
    await world.sql(
      'update refresh_token set company_user_id = $1 where customer_id = (select id from customer where email = $2)',
      [stranger.one, email],
    );
    const { accessToken } = (await refresh(refreshToken)).json.data.attributes;
    expect(claimsOf(accessToken).sub.id_company_user).toBeNull();
  });
});

describe('who may not act any more', () => {
  type Person = Awaited<ReturnType<typeof worker>>;
  test.for<[what: string, statement: string, of: (person: Person) => string]>([
    ['the company is deactivated', 'update company set is_active = false where id = $1', ({ first }) => first.id],
    ['it is denied', "update company set status = 'denied' where id = $1", ({ first }) => first.id],
    ['it is pending again', "update company set status = 'pending' where id = $1", ({ first }) => first.id],
    ['the company user is disabled', 'update company_user set is_active = false where id = $1', ({ one }) => one],
  ])('when %s, the token answers CUNS and a refresh goes on as a plain customer', async ([, statement, of]) => {
    const person = await worker();
    const { accessToken, refreshToken } = (await choose(person.token, person.one)).json.data.attributes;
    const get = (path: string, token = accessToken) => api(world, 'GET', path, { token });

    await world.sql(statement, [of(person)]);

    for (const [path, error] of [
      ['/companies/mine', '403/1803'],
      [`/companies/${person.first.id}`, '404/1801'],
      [`/company-business-units/${person.first.unitId}`, '404/1901'],
      ['/company-business-units/mine', '403/1903'],
      [`/company-business-unit-addresses/${person.first.addressId}`, '404/2001'],
      ['/company-roles/mine', '403/2103'],
      [`/company-roles/${person.first.roleId}`, '404/2101'],
      ['/company-users', '403/1403'],
      [`/company-users/${person.one}`, '403/1403'],
    ] as const)
      expect([path, ...errorsOf(await get(path))]).toEqual([path, error]);
    expect((await get('/company-users/mine')).json.data.map(({ id }: { id: string }) => id)).toEqual([person.two]);
    expect((await get('/customers')).json.data[0].id).toBe(person.reference);

    const next = (await refresh(refreshToken)).json.data.attributes;
    expect(claimsOf(next.accessToken).sub).toMatchObject({
      customer_reference: person.reference,
      id_company_user: null,
    });
    expect(await companySeenBy(next.accessToken)).toBe('403/1803');
    expect((await get('/customers', next.accessToken)).status).toBe(200);
    expect((await choose(next.accessToken, person.two)).status).toBe(201);
  });

  test('an erased customer neither acts nor refreshes', async () => {
    const person = await worker();
    const { accessToken, refreshToken } = (await choose(person.token, person.one)).json.data.attributes;
    await anonymizeCustomer(world.app, person.id);
    expect(await companySeenBy(accessToken)).toBe('401/001');
    expect(errorsOf(await refresh(refreshToken))).toEqual(['401/004']);
  });
});
