import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiCall, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';

const world = useApp();

interface People {
  reference: string;
  customer: string;
  agent: string;
  /** A customer's token that an agent holds. */
  acting: string;
}
let people: People;

beforeAll(async () => {
  const { email, reference } = await activeCustomer(world);
  const { accessToken: token } = await agentToken(world, (await agent(world)).email);
  const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    token,
    attributes: { customerReference: reference },
  });
  people = {
    reference,
    customer: (await logIn(world, email)).accessToken,
    agent: token,
    acting: json.data.attributes.accessToken,
  };
});

type Headers = (people: People) => Record<string, string>;

const search = (headers: Record<string, string>) => api(world, 'GET', '/agent-customer-search', { headers });
const impersonate = (headers: Record<string, string>) =>
  api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    headers,
    attributes: { customerReference: people.reference },
  });
const outcome = async (pending: ReturnType<typeof search>) => {
  const answer = await pending;
  return errorsOf(answer)[0] ?? answer.status;
};

describe('what agents may do', () => {
  const bothAnswer = (headers: Headers) =>
    Promise.all([outcome(search(headers(people))), outcome(impersonate(headers(people)))]);

  test.for<[name: string, headers: Headers]>([
    ['the token in Authorization', (of) => ({ Authorization: `Bearer ${of.agent}` })],
    ['the token in X-Agent-Authorization', (of) => ({ 'X-Agent-Authorization': `Bearer ${of.agent}` })],
    ['both', (of) => ({ Authorization: `Bearer ${of.agent}`, 'X-Agent-Authorization': `Bearer ${of.agent}` })],
    [
      'a customer in one and an agent in the other',
      (of) => ({ Authorization: `Bearer ${of.customer}`, 'X-Agent-Authorization': `Bearer ${of.agent}` }),
    ],
    [
      'an agent beside half a header',
      (of) => ({ Authorization: `Bearer ${of.agent}`, 'X-Agent-Authorization': 'Bearer' }),
    ],
  ])('is open with %s', async ([, headers]) => {
    expect(await bothAnswer(headers)).toEqual([200, 201]);
  });

  test.for<[name: string, headers: Headers, error: string]>([
    ['nothing', () => ({}), '401/4103'],
    ['an empty Authorization', () => ({ Authorization: '' }), '401/4103'],
    ['a customer', (of) => ({ Authorization: `Bearer ${of.customer}` }), '401/4103'],
    ['half an agent header', () => ({ 'X-Agent-Authorization': 'Bearer' }), '401/4103'],
    ['a bare token as agent header', (of) => ({ 'X-Agent-Authorization': of.agent }), '401/4103'],
    ['an empty agent header', () => ({ 'X-Agent-Authorization': ' ' }), '401/4103'],
    [
      'a customer beside half an agent header',
      (of) => ({ Authorization: `Bearer ${of.customer}`, 'X-Agent-Authorization': 'Bearer' }),
      '401/4103',
    ],
    ['a bare token', (of) => ({ Authorization: of.agent }), '401/001'],
    ['a wrong token', () => ({ Authorization: 'Bearer nonsense' }), '401/001'],
    [
      'a token with a wrong signature',
      (of) => ({ Authorization: `Bearer ${of.agent.slice(0, -8)}AAAAAAAA` }),
      '401/001',
    ],
    ['a wrong agent token', () => ({ 'X-Agent-Authorization': 'Bearer nonsense' }), '401/4102'],
    ['an agent header of three words', (of) => ({ 'X-Agent-Authorization': `Bearer ${of.agent} x` }), '401/4102'],
    ['a customer as agent', (of) => ({ 'X-Agent-Authorization': `Bearer ${of.customer}` }), '401/4102'],
    [
      'an agent in one header and nonsense in the other',
      (of) => ({ Authorization: `Bearer ${of.agent}`, 'X-Agent-Authorization': 'Bearer nonsense' }),
      '401/4102',
    ],
    [
      'nonsense in one header and an agent in the other',
      (of) => ({ Authorization: 'Bearer nonsense', 'X-Agent-Authorization': `Bearer ${of.agent}` }),
      '401/001',
    ],
  ])('with %s is closed', async ([, headers, error]) => {
    expect(await bothAnswer(headers)).toEqual([error, error]);
  });

  test.for<[name: string, headers: Headers, error: string]>([
    ['another scheme', (of) => ({ Authorization: `Basic ${of.agent}` }), '401/4103'],
    ['a token to act for a customer', (of) => ({ Authorization: `Bearer ${of.acting}` }), '401/4103'],
    [
      'a token to act for a customer, as agent',
      (of) => ({ 'X-Agent-Authorization': `Bearer ${of.acting}` }),
      '401/4102',
    ],
  ])('with %s is closed', async ([, headers, error]) => {
    expect(await bothAnswer(headers)).toEqual([error, error]);
  });

  test('the refusals in full', async () => {
    expect((await search({})).text).toBe(
      '{"errors":[{"detail":"Action is available to agent user only.","status":401,"code":"4103"}]}',
    );
    const answer = await search({ 'X-Agent-Authorization': 'Bearer nonsense' });
    expect(answer.text).toBe('{"errors":[{"detail":"Agent access token is invalid.","status":401,"code":"4102"}]}');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
  });
});

describe('an agent who acts for nobody', () => {
  test.for<[method: string, path: (reference: string) => string, error: string, attributes?: object]>([
    ['GET', () => '/customers', '404/402'],
    ['GET', (reference) => `/customers/${reference}`, '404/402'],
    ['PATCH', (reference) => `/customers/${reference}`, '403/411', { firstName: 'Eve' }],
    ['DELETE', (reference) => `/customers/${reference}`, '403/411'],
    ['GET', (reference) => `/customers/${reference}/addresses`, '403/411'],
    ['GET', (reference) => `/customers/${reference}/orders`, '403/802'],
    ['GET', (reference) => `/customers/${reference}/carts`, '403/802'],
    ['GET', (reference) => `/customers/${reference}/availability-notifications`, '403/4606'],
  ])('is no customer: %s %s', async ([method, path, error, attributes]) => {
    const url = path(people.reference);
    const as = (headers: Record<string, string>) =>
      api(world, method, url, { headers, ...(attributes ? { attributes } : {}) });

    expect(errorsOf(await as({ Authorization: `Bearer ${people.agent}` }))).toEqual([error]);
    // The other header alone says who helps, not who is helped.
    expect(errorsOf(await as({ 'X-Agent-Authorization': `Bearer ${people.agent}` }))).toEqual(['403/002']);
  });

  test('beside a customer\u2019s token changes nothing about who the customer is', async () => {
    const answer = await api(world, 'GET', '/customers', {
      headers: { Authorization: `Bearer ${people.customer}`, 'X-Agent-Authorization': `Bearer ${people.agent}` },
    });

    expect(answer.json.data[0].id).toBe(people.reference);
  });
});

describe('of two problems the earlier stage names its own', () => {
  const bad = { 'X-Agent-Authorization': 'Bearer nonsense' };
  const half = { 'X-Agent-Authorization': 'nonsense' };
  const guest = { 'X-Anonymous-Customer-Unique-Id': 'guest' };
  const nobody = { Authorization: 'Bearer nonsense' };
  const PATH = '/agent-customer-impersonation-access-tokens';
  const body = (type: string) => ({ data: { type, attributes: {} } });

  test.for<[name: string, method: string, path: string, call: ApiCall, error: string]>([
    ['agent, two identities', 'GET', '/customers', { headers: { ...bad, ...guest, ...nobody } }, '401/4102'],
    ['agent, token', 'GET', '/customers', { headers: { ...bad, ...nobody } }, '401/4102'],
    ['agent, no token', 'GET', '/customers', { headers: bad }, '401/4102'],
    ['agent, agent missing', 'GET', '/agent-customer-search', { headers: bad }, '401/4102'],
    ['agent, on a public path', 'GET', '/access-tokens', { headers: bad }, '401/4102'],
    ['agent, query', 'GET', '/agent-customer-search?currency=XXX', { headers: bad }, '401/4102'],
    ['type, agent', 'POST', PATH, { headers: bad, body: body('x') }, '400'],
    ['type, agent missing', 'POST', PATH, { body: body('x') }, '400'],
    ['half a header, two identities', 'GET', '/customers', { headers: { ...half, ...guest, ...nobody } }, '400/005'],
    ['half a header, token', 'GET', '/customers', { headers: { ...half, ...nobody } }, '401/001'],
    ['half a header, no token', 'GET', '/customers', { headers: half }, '403/002'],
    ['two identities, agent missing', 'GET', '/agent-customer-search', { headers: { ...guest, ...nobody } }, '400/005'],
    ['token, agent missing', 'GET', '/agent-customer-search', { headers: nobody }, '401/001'],
    ['query, agent missing', 'GET', '/agent-customer-search?currency=XXX', {}, '400/313'],
    ['agent missing, reference', 'POST', PATH, { body: body(PATH.slice(1)) }, '401/4103'],
  ])('%s: %s %s', async ([, method, path, call, error]) => {
    expect(errorsOf(await api(world, method, path, call))).toEqual([error]);
  });

  test('half a header is ignored where the rest is fine', async () => {
    const answer = await api(world, 'GET', '/customers', { token: people.customer, headers: half });

    expect(answer.status).toBe(200);
  });

  test('bad pagination is told in plain text before the agent is asked for', async () => {
    const answer = await api(world, 'GET', '/agent-customer-search?page[limit]=0', { headers: bad });

    expect([answer.status, answer.text]).toEqual([400, 'Pagination parameters are invalid.']);
  });
});
