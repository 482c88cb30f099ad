import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, loggedIn, type LoggedIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { berlin, PASSWORD } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { issueCode } from '../../../domain/codes/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

const visitor = () => loggedIn(world);

/** A customer with an active second factor, and a code that is right. */
async function guardedVisitor() {
  const somebody = await visitor();
  await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [somebody.id, world.now]);
  return { ...somebody, code: await issueCode(world.app, { ownerId: somebody.id, purpose: 'mfa.email' }) };
}

const password = { password: PASSWORD, newPassword: NEXT, confirmPassword: NEXT };

type Change = [
  name: string,
  method: string,
  path: (of: { reference: string; addressId: string }) => string,
  attributes: object | undefined,
  status: number,
];
/** Every change that asks for a code; what ends the token comes last. */
const changes: Change[] = [
  ['profile', 'PATCH', ({ reference }) => `/customers/${reference}`, { firstName: 'Ida' }, 200],
  ['new address', 'POST', ({ reference }) => `/customers/${reference}/addresses`, berlin, 201],
  [
    'address',
    'PATCH',
    ({ reference, addressId }) => `/customers/${reference}/addresses/${addressId}`,
    { city: 'Bonn' },
    200,
  ],
  [
    'deletion of an address',
    'DELETE',
    ({ reference, addressId }) => `/customers/${reference}/addresses/${addressId}`,
    undefined,
    204,
  ],
  ['password', 'PATCH', ({ reference }) => `/customer-password/${reference}`, password, 204],
  ['erasure', 'DELETE', ({ reference }) => `/customers/${reference}`, undefined, 204],
];

async function withAddress<V extends LoggedIn>(person: V, headers: Record<string, string> = {}) {
  const { json } = await api(world, 'POST', `/customers/${person.reference}/addresses`, {
    token: person.token,
    headers,
    attributes: berlin,
  });
  return { ...person, addressId: String(json.data.id) };
}

const call = ([, method, path, attributes]: Change, of: LoggedIn & { addressId: string }, code?: string) =>
  api(world, method, path(of), {
    token: of.token,
    ...(attributes ? { attributes } : {}),
    headers: code === undefined ? {} : { 'X-MFA-Code': code },
  });

describe('with a second factor a change of', () => {
  let guarded: Awaited<ReturnType<typeof guardedVisitor>> & { addressId: string };
  beforeAll(async () => {
    const person = await guardedVisitor();
    guarded = await withAddress(person, { 'X-MFA-Code': person.code });
  });

  test.for(changes)('%s asks for a code', async (change) => {
    for (const missing of [undefined, '', ' '])
      expect(errorsOf(await call(change, guarded, missing)), String(missing)).toEqual(['403/5900']);
    expect((await call(change, guarded)).text).toBe(
      '{"errors":[{"detail":"X-MFA-Code header is missing.","status":403,"code":"5900"}]}',
    );
  });

  test.for(changes)('%s takes no wrong code', async (change) => {
    const person = await guardedVisitor();
    const owner = await withAddress(person, { 'X-MFA-Code': person.code });

    for (const wrong of [person.code === '123456' ? '654321' : '123456', `${person.code}0`])
      expect(errorsOf(await call(change, owner, wrong))).toEqual(['403/5901']);
  });

  test.for(changes)('%s passes with the right one', async (change) => {
    const person = await guardedVisitor();
    const owner = await withAddress(person, { 'X-MFA-Code': person.code });

    expect((await call(change, owner, ` ${person.code} `)).status).toBe(change[4]);
  });

  test('nothing is asked of those who read', async () => {
    const { token, reference } = await guardedVisitor();

    for (const path of [
      '/customers',
      `/customers/${reference}`,
      `/customers/${reference}/addresses`,
      `/customers/${reference}/orders`,
      '/multi-factor-auth-types',
    ])
      expect((await api(world, 'GET', path, { token })).status, path).toBe(200);
  });
});

describe('without one, pending or none, a change of', () => {
  test.for(changes)('%s asks for nothing, and no code harms', async (change) => {
    const person = await withAddress(await visitor());
    await world.sql("insert into mfa_method values ($1, 'email', 'pending', $2)", [person.id, world.now]);

    expect((await call(change, person, '000000')).status).toBe(change[4]);
  });
});

describe('of several problems', () => {
  let guarded: Awaited<ReturnType<typeof guardedVisitor>>;
  let other: LoggedIn;
  beforeAll(async () => {
    [guarded, other] = [await guardedVisitor(), await visitor()];
  });
  const patch = (path: string, attributes: object, code?: string) =>
    api(world, 'PATCH', path, {
      token: guarded.token,
      attributes,
      headers: code === undefined ? {} : { 'X-MFA-Code': code },
    });

  test('those about who asks are told together, and the last has the status', async () => {
    const answer = await patch(`/customers/${other.reference}`, { firstName: 'Eve' });

    expect(answer.status).toBe(403);
    expect(answer.text).toBe(
      '{"errors":[{"detail":"Unauthorized request.","status":403,"code":"411"},{"detail":"X-MFA-Code header is missing.","status":403,"code":"5900"}]}',
    );
    expect(answer.headers.get('www-authenticate')).toBeNull();
    const wrong = guarded.code === '123456' ? '654321' : '123456';
    expect(errorsOf(await patch(`/customer-password/${other.reference}`, password, wrong))).toEqual(['403/5901']);
    expect(errorsOf(await patch(`/customer-password/${other.reference}`, password, guarded.code))).toEqual(['403/411']);
    expect(errorsOf(await patch(`/customers/${other.reference}`, { firstName: 'Eve' }, guarded.code))).toEqual([
      '403/411',
    ]);
  });

  test('a foreign reference and a missing code for every kind of address change', async () => {
    const path = `/customers/${other.reference}/addresses`;
    const { token } = guarded;

    expect(errorsOf(await api(world, 'POST', path, { token, attributes: berlin }))).toEqual(['403/411', '403/5900']);
    expect(errorsOf(await api(world, 'POST', '/customers//addresses', { token, attributes: berlin }))).toEqual([
      '403/411',
      '403/5900',
    ]);
    expect(errorsOf(await api(world, 'DELETE', `${path}/x`, { token }))).toEqual(['403/411', '403/5900']);
    expect(errorsOf(await patch(`${path}/x`, { city: 'Bonn' }))).toEqual(['403/411', '403/5900']);
  });

  test('the body\u2019s come before the code, the account\u2019s after it', async () => {
    const own = `/customers/${guarded.reference}`;

    expect(errorsOf(await patch(own, { email: '' }))).toEqual(['422/901']);
    expect(errorsOf(await patch('/customers/', { email: '' }))).toEqual(['400']);
    expect(errorsOf(await patch(`${own}/addresses/x`, { city: 'Bonn' }))).toEqual(['403/5900']);
    expect(errorsOf(await patch(`${own}/addresses/x`, { city: 'Bonn' }, guarded.code))).toEqual(['404/404']);
    const differing = { ...password, confirmPassword: `${NEXT}!` };
    expect(errorsOf(await patch(`/customer-password/${guarded.reference}`, differing))).toEqual(['403/5900']);
    expect(errorsOf(await patch(`/customer-password/${guarded.reference}`, differing, guarded.code))).toEqual([
      '422/406',
    ]);
  });

  test('an agent with the customer\u2019s token needs the customer\u2019s code', async () => {
    const { accessToken } = await agentToken(world, (await agent(world)).email);
    const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
      token: accessToken,
      attributes: { customerReference: guarded.reference },
    });
    const token: string = json.data.attributes.accessToken;
    const rename = (headers: Record<string, string>) =>
      api(world, 'PATCH', `/customers/${guarded.reference}`, { token, headers, attributes: { firstName: 'Ida' } });

    expect(errorsOf(await rename({}))).toEqual(['403/5900']);
    expect((await rename({ 'X-MFA-Code': guarded.code })).status).toBe(200);
  });
});
