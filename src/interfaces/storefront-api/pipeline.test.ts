import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { api, type ApiCall, loggedIn, preflight, verdict } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';

const world = useApp();

const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';
const PAGINATION = 'Pagination parameters are invalid.';
const PREFLIGHT =
  'One or more of the required headers (access-control-request-method, access-control-request-headers, origin) for the options method are missing.';

const visitor = () => loggedIn(world);

describe('of two problems the earlier stage names its own', () => {
  const both = { Authorization: 'Bearer nonsense', 'X-Anonymous-Customer-Unique-Id': 'guest' };
  const agent = { 'X-Agent-Authorization': 'Bearer nonsense' };
  const xml = { Accept: 'application/vnd.api+xml' };
  const page = 'page[limit]=0';
  const customers = (attributes: unknown) => ({ data: { type: 'customers', attributes } });

  test.for<[name: string, method: string, path: string, call: ApiCall, expected: string]>([
    ['route, pre-flight', 'OPTIONS', '/nothing', {}, '404/Not Found'],
    ['route, pagination', 'GET', `/nothing?${page}`, {}, '404/Not Found'],
    ['route, headers', 'GET', '/nothing', { headers: xml }, '404/Not Found'],
    ['route, body', 'POST', '/nothing', { body: '' }, '404/Not Found'],
    ['pre-flight, pagination', 'OPTIONS', `/customers?${page}`, {}, `501 ${PREFLIGHT}`],
    ['pagination, headers', 'GET', `/customers?${page}`, { headers: xml }, `400 ${PAGINATION}`],
    [
      'pagination, pre-flight method',
      'OPTIONS',
      `/customers?${page}`,
      { headers: preflight('PUT') },
      `400 ${PAGINATION}`,
    ],
    ['headers, body', 'POST', '/customers', { headers: xml, body: '' }, '415 Unsupported Media Type'],
    ['headers, id', 'DELETE', '/customers/', { headers: xml }, '415 Unsupported Media Type'],
    ['body, id', 'PATCH', '/customers/', { body: { data: { type: 'x', attributes: {} } } }, '400/Invalid type.'],
    ['body, agent', 'POST', '/customers', { headers: agent, body: '' }, '400/Post data is invalid.'],
    ['body, token', 'PATCH', '/customers/x', { body: { data: { type: 'x', attributes: {} } } }, '400/Invalid type.'],
    ['id, agent', 'DELETE', '/customers/', { headers: agent }, '400/Resource id is not specified.'],
    ['id, token', 'PATCH', '/customers/', { body: customers({ email: '' }) }, '400/Resource id is not specified.'],
    ['agent, two identities', 'GET', '/customers', { headers: { ...agent, ...both } }, '401/4102'],
    ['agent, attributes', 'POST', '/customers', { headers: agent, body: customers({}) }, '401/4102'],
    ['two identities, token', 'GET', '/customers', { headers: both }, '400/005'],
    ['two identities, attributes', 'POST', '/customers', { headers: both, body: customers({}) }, '400/005'],
    ['missing token, attributes', 'PATCH', '/customers/x', { body: customers({ email: '' }) }, '403/002'],
    [
      'invalid token, attributes',
      'POST',
      '/customers',
      { token: 'nonsense', body: customers({ email: '' }) },
      '401/001',
    ],
    ['missing token, query', 'GET', '/customers?currency=XXX', {}, '403/002'],
    [
      'attributes, query',
      'POST',
      '/access-tokens?currency=XXX',
      { attributes: { username: 'a@example.org', password: '' } },
      '422/901',
    ],
  ])('%s: %s %s', async ([, method, path, call, expected]) => {
    expect(verdict(await api(world, method, path, call))).toBe(expected);
  });

  test('attributes, ownership; query, ownership; ownership, business rules', async () => {
    const { token } = await visitor();
    const patch = (path: string, attributes: unknown) =>
      api(world, 'PATCH', path, { token, body: customers(attributes) });

    expect(verdict(await patch('/customers/x', { email: '' }))).toBe('422/901');
    expect(verdict(await patch('/customers/x?priceMode=x', {}))).toBe('400/314');
    expect(verdict(await patch('/customers/x', { password: PASSWORD, confirmPassword: `${PASSWORD}!` }))).toBe(
      '403/411',
    );
  });

  test('body, lock-out; lock-out, agent, identities, token and attributes', async () => {
    const { email } = await activeCustomer(world);
    const attempt = (attributes: object, headers = {}, type = 'access-tokens') =>
      api(world, 'POST', '/access-tokens', {
        headers,
        body: { data: { type, attributes: { username: email, ...attributes } } },
      });
    for (let failure = 1; failure <= 9; failure++) await attempt({ password: 'wrong' });

    expect(verdict(await attempt({ password: PASSWORD }, {}, 'x'))).toBe('400/Invalid type.');
    expect(verdict(await attempt({ password: '' }, { ...agent, ...both }))).toBe('429/4401');
    expect(verdict(await attempt({}))).toBe('429/4401');
  });
});

describe('request headers', () => {
  test.for(['*/*', 'application/json', 'application/vnd.api+json', 'text/html;q=0.5,*/*', ''])(
    'Accept: %j is answered with JSON:API',
    async (Accept) => {
      const { status, headers } = await api(world, 'GET', '/access-tokens', { headers: { Accept } });

      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/vnd.api+json');
    },
  );

  test('no Accept at all is answered with JSON:API', async () => {
    const [answer] = (await once(request(`${world.url}/access-tokens`).end(), 'response')) as [IncomingMessage];
    answer.resume();

    expect([answer.statusCode, answer.httpVersion, answer.headers['content-type']]).toEqual([
      200,
      '1.1',
      'application/vnd.api+json',
    ]);
  });

  test.for(['application/vnd.api+xml', 'application/vnd.api+yaml;q=1'])(
    'Accept: %s is 415 in plain text',
    async (Accept) => {
      const answer = await api(world, 'GET', '/access-tokens', { headers: { Accept } });

      expect([answer.status, answer.text]).toEqual([415, 'Unsupported Media Type']);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    },
  );

  test.for(['', ' '])('a Content-Type of %j is 415 in plain text', async (type) => {
    for (const [method, call] of [
      ['GET', {}],
      ['POST', { attributes: {} }],
    ] as const) {
      const answer = await api(world, method, '/access-tokens', { ...call, headers: { 'Content-Type': type } });
      expect([answer.status, answer.text]).toEqual([415, 'Unsupported media type.']);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    }
  });

  test.for([
    'application/json',
    'application/vnd.api+json',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'nonsense',
  ])('a body sent as %s is read as JSON', async (type) => {
    const { email } = await activeCustomer(world);

    const answer = await api(world, 'POST', '/access-tokens', {
      attributes: { username: email, password: PASSWORD },
      headers: { 'Content-Type': type },
    });

    expect(answer.status).toBe(201);
  });

  test('a body in a format that nobody decodes counts as none', async () => {
    const answer = await api(world, 'POST', '/access-tokens', {
      attributes: {},
      headers: { 'Content-Type': 'application/vnd.api+xml' },
    });

    expect(answer.text).toBe('{"errors":[{"detail":"Post data is invalid.","status":400}]}');
  });

  test.for([
    ['/access-tokens', { 'Content-Type': 'application/vnd.api+json; version=1.0' }],
    ['/access-tokens', { 'Content-Type': 'application/vnd.api+json;version=1.0' }],
    ['/v1/access-tokens', {}],
    ['/v1.0/access-tokens', {}],
  ] as const)('a version asked for is 404: %s %j', async ([path, headers]) => {
    for (const call of [{ headers }, { headers, attributes: {} }]) {
      const answer = await api(world, 'attributes' in call ? 'POST' : 'GET', path, call);
      expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
      expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    }
  });

  test('a complete X-Agent-Authorization is invalid, an incomplete one counts as none', async () => {
    const ask = (value: string) => api(world, 'GET', '/access-tokens', { headers: { 'X-Agent-Authorization': value } });

    const answer = await ask('Bearer nonsense');
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"errors":[{"detail":"Agent access token is invalid.","status":401,"code":"4102"}]}',
    ]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
    for (const value of ['nonsense', '']) expect(await ask(value)).toMatchObject({ status: 200 });
  });

  test('a guest may name themselves, a customer may not do so besides', async () => {
    const guest = { 'X-Anonymous-Customer-Unique-Id': 'guest' };
    const { token, email } = await visitor();

    expect(
      await api(world, 'POST', '/access-tokens', {
        headers: guest,
        attributes: { username: email, password: PASSWORD },
      }),
    ).toMatchObject({ status: 201 });
    const answer = await api(world, 'GET', '/customers', { token, headers: guest });
    expect([answer.status, answer.text]).toEqual([
      400,
      `{"errors":[{"detail":"Headers request error. A user can't act as logged and not logged user at the same time.","status":400,"code":"005"}]}`,
    ]);
  });
});

describe('response headers', () => {
  test.for<[method: string, path: string, call: ApiCall, status: number]>([
    ['GET', '/access-tokens', {}, 200],
    ['GET', '/nothing', {}, 404],
    ['GET', '/customers', {}, 403],
    ['GET', '/customers', { token: 'nonsense' }, 401],
    ['POST', '/access-tokens', { attributes: {} }, 422],
    ['GET', '/access-tokens?page[limit]=0', {}, 400],
    ['POST', '/token', { body: '' }, 400],
    ['OPTIONS', '/customers', { headers: preflight('GET') }, 200],
  ])('%s %s sends those of every answer', async ([method, path, call, status]) => {
    const answer = await api(world, method, path, call);

    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-frame-options': 'SAMEORIGIN',
      'content-security-policy': "frame-ancestors 'self'",
      'x-content-type-options': 'nosniff',
      'x-xss-protection': '1; mode=block',
      'referrer-policy': 'same-origin',
      'permissions-policy': '',
      'cache-control': 'no-cache, private',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="Access to shop API"' : null);
    expect(answer.headers.get('content-language')).toBe('de_DE');
  });

  test('422 has its new name', async () => {
    expect((await api(world, 'POST', '/access-tokens', { attributes: {} })).statusText).toBe('Unprocessable Content');
  });

  test.for([
    [undefined, undefined, 'de_DE'],
    ['de', undefined, 'de_DE'],
    ['en', undefined, 'en_US'],
    ['en_US', undefined, 'en_US'],
    ['EN-us,de;q=0.9', undefined, 'en_US'],
    ['de;q=0.5, en;q=0.9', undefined, 'en_US'],
    ['fr, en;q=0.1', undefined, 'en_US'],
    ['fr', undefined, 'de_DE'],
    ['en;q=0', undefined, 'de_DE'],
    ['*', undefined, 'de_DE'],
    [';;;,,q=', undefined, 'de_DE'],
    ['de', 'US', 'en_US'],
    [undefined, 'AT', 'de_DE'],
  ] as const)('Accept-Language %j in store %j is answered in %s', async ([language, store, locale]) => {
    const headers = { ...(language ? { 'Accept-Language': language } : {}), ...(store ? { Store: store } : {}) };

    expect((await api(world, 'GET', '/access-tokens', { headers })).headers.get('content-language')).toBe(locale);
  });
});

describe('the store', () => {
  test('is that of the header or of the query, and new customers get its reference', async () => {
    const register = (path: string, headers: Record<string, string>) => {
      const { email, salutation, firstName, lastName, gender, password } = somebody();
      return api(world, 'POST', path, {
        headers,
        body: {
          data: {
            type: 'customers',
            attributes: {
              email,
              salutation,
              firstName,
              lastName,
              gender,
              password,
              confirmPassword: password,
              acceptedTerms: true,
            },
          },
        },
      });
    };

    expect((await register('/customers', { Store: 'AT' })).json.data.id).toMatch(/^AT--\d+$/);
    expect((await register('/customers?_store=US', {})).json.data.id).toMatch(/^US--\d+$/);
    expect((await register('/customers', {})).json.data.id).toMatch(/^DE--\d+$/);
  });

  test('that there is not is refused before the route is looked at', async () => {
    for (const [path, headers] of [
      ['/nothing', { Store: 'XX' }],
      ['/access-tokens?_store=XX', {}],
      ['/access-tokens', { Store: 'de' }],
    ] as const) {
      const answer = await api(world, 'GET', path, { headers });
      expect([answer.status, answer.text]).toEqual([
        404,
        '{"errors":[{"detail":"Store not found.","status":404,"code":"601"}]}',
      ]);
    }
  });
});
