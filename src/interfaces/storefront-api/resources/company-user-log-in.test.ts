import { expect, test } from 'vitest';
import { api, claimsOf, logIn } from '../../../../test/api.ts';
import { useApp, type World } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../../test/builders.ts';
import { company, companyUser } from '../../../../test/companies.ts';
import { agent, agentToken } from '../../../../test/staff.ts';

const world: World = useApp();

/** The token of an agent who acts for nobody. */
const idleAgent = async () => (await agentToken(world, (await agent(world)).email)).accessToken;

/** The company users of a customer, by what a log-in may make of them. */
type Kind =
  | 'acting'
  | 'default'
  | 'disabled'
  | 'disabled default'
  | 'company inactive'
  | 'company pending'
  | 'company denied, default';

async function employ(customer: { id: string }, kind: Kind): Promise<string> {
  const at = await company(world, {
    isActive: kind !== 'company inactive',
    status: kind === 'company pending' ? 'pending' : kind.startsWith('company denied') ? 'denied' : 'approved',
  });
  return companyUser(world, customer, at, {
    isActive: !kind.startsWith('disabled'),
    isDefault: kind.endsWith('default'),
  });
}

test.for<[expected: number | null, ...kinds: Kind[]]>([
  [null],
  [0, 'acting'],
  [0, 'default'],
  [null, 'acting', 'acting'],
  [1, 'acting', 'default', 'acting'],
  [null, 'disabled'],
  [null, 'disabled default'],
  [null, 'company inactive', 'company pending', 'company denied, default'],
  [1, 'disabled', 'acting', 'company pending'],
  [1, 'disabled default', 'acting'],
  [0, 'acting', 'company denied, default'],
  [null, 'acting', 'disabled default', 'acting'],
])('a log-in acts as %j of %j', async ([expected, ...kinds]) => {
  const customer = await activeCustomer(world);
  const ids: string[] = [];
  for (const kind of kinds) ids.push(await employ(customer, kind));
  const wanted = expected === null ? null : ids[expected];

  const { accessToken, idCompanyUser } = (await logIn(world, customer.email)) as {
    accessToken: string;
    idCompanyUser?: string | null;
  };

  expect(idCompanyUser).toBe(wanted);
  expect(claimsOf(accessToken)).toMatchObject({ scopes: ['customer'], sub: { id_company_user: wanted } });
});

test('the key is there for whoever works for nobody, and the attributes are these five', async () => {
  const { email } = await activeCustomer(world);
  const attributes = await logIn(world, email);
  expect(Object.keys(attributes)).toEqual(['tokenType', 'expiresIn', 'accessToken', 'refreshToken', 'idCompanyUser']);
});

test('the token of a plain log-in reads the company, and so does what it is refreshed to', async () => {
  const customer = await activeCustomer(world);
  const at = await company(world);
  const id = await companyUser(world, customer, at);
  const { accessToken, refreshToken } = await logIn(world, customer.email);
  const { json } = await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });

  for (const token of [accessToken, json.data.attributes.accessToken]) {
    expect(claimsOf(token)).toMatchObject({ scopes: ['customer'], sub: { id_company_user: id } });
    expect((await api(world, 'GET', '/companies/mine', { token })).json.data[0].id).toBe(at.id);
  }
});

test('a refresh does not choose: who began with nobody goes on with nobody', async () => {
  const customer = await activeCustomer(world);
  const { refreshToken } = await logIn(world, customer.email);
  await companyUser(world, customer, await company(world));
  const { json } = await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
  expect(claimsOf(json.data.attributes.accessToken).sub.id_company_user).toBeNull();
});

test('/token carries it too', async () => {
  const customer = await activeCustomer(world);
  const id = await companyUser(world, customer, await company(world));
  const { status, json } = await api(world, 'POST', '/token', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', username: customer.email, password: PASSWORD }).toString(),
  });
  expect(status).toBe(200);
  expect(Object.keys(json)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_token']);
  expect(claimsOf(json.access_token).sub.id_company_user).toBe(id);
});

test('an agent who acts for a customer acts as their company user', async () => {
  const customer = await activeCustomer(world);
  const id = await companyUser(world, customer, await company(world));
  const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    token: await idleAgent(),
    attributes: { customerReference: customer.reference },
  });
  expect(claimsOf(json.data.attributes.accessToken)).toMatchObject({
    scopes: ['customer_impersonation', 'customer'],
    sub: { id_company_user: id, customer_reference: customer.reference },
  });
});
