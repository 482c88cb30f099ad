import { describe, expect, test } from 'vitest';
import { api, type ApiCall } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';

const world = useApp();

const JSON_API = 'application/vnd.api+json';
const FORM = 'application/x-www-form-urlencoded';
const call = (method: string, path: string, { headers = {}, ...more }: ApiCall = {}) =>
  api(world, method, path, { ...more, headers: { Accept: '*/*', ...headers } });
const storefront = (method: string, path: string, more: ApiCall = {}) => call(method, `/glue-storefront${path}`, more);

describe('a request is answered in JSON:API', () => {
  test.for<[method: string, headers: Record<string, string>, type: string]>([
    ['GET', { Accept: JSON_API }, JSON_API],
    ['GET', { 'Content-Type': JSON_API }, JSON_API],
    ['GET', { Accept: 'application/json', 'Content-Type': JSON_API }, JSON_API],
    ['GET', { Accept: JSON_API, 'Content-Type': 'application/json' }, JSON_API],
    ['GET', { Accept: 'application/json' }, 'application/json'],
    ['GET', { Accept: '*/*' }, 'application/json'],
    ['GET', { Accept: 'text/html' }, 'application/json'],
    ['GET', { Accept: `${JSON_API}; version=1.0` }, 'application/json'],
    ['GET', { Accept: `${JSON_API}, */*` }, 'application/json'],
    ['GET', { 'Content-Type': `${JSON_API}; charset=utf-8` }, 'application/json'],
    ['POST', { 'Content-Type': JSON_API }, JSON_API],
    ['POST', { Accept: JSON_API, 'Content-Type': 'application/json' }, 'application/json'],
    ['POST', { Accept: JSON_API, 'Content-Type': FORM }, 'application/json'],
    ['DELETE', { Accept: JSON_API }, 'application/json'],
  ])('%s with %j: as %s', async ([method, headers, type]) => {
    const path = method === 'POST' ? '/token' : '/stores';
    const answer = await storefront(method, path, { headers, ...(method === 'POST' ? { body: {} } : {}) });

    expect(answer.headers.get('content-type')).toBe(type);
    expect(Array.isArray(answer.json)).toBe(type === 'application/json');
  });

  test('or else in plain JSON when there is no Accept', async () => {
    const answer = await fetch(`${world.url}/glue-storefront/stores`);

    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('errors say message, not detail, with every member there', () => {
  test('in a bare list in plain JSON', async () => {
    expect((await storefront('GET', '/stores/XX')).text).toBe(
      '[{"message":"Store not found","status":404,"code":"601"}]',
    );
    expect((await storefront('GET', `/multi-factor-auth-types`)).text).toBe(
      '[{"message":"Unauthorized request.","status":401,"code":null}]',
    );
  });

  test('in a member in JSON:API', async () => {
    const headers = { Accept: JSON_API };

    expect((await storefront('GET', '/multi-factor-auth-types', { headers })).text).toBe(
      '{"errors":[{"message":"Unauthorized request.","status":401,"code":null}]}',
    );
  });

  const notFound = (code: string) => `[{"message":"Not found","status":404,"code":"${code}"}]`;
  const NO_METHOD = '[{"message":"Method does not exist","status":404,"code":"008"}]';
  test.for<[method: string, path: string, text: string]>([
    ['GET', '/glue-storefront', notFound('007')],
    ['GET', '/glue-storefront/', notFound('007')],
    ['GET', '/glue-storefront/customers', notFound('007')],
    ['POST', '/glue-storefront/access-tokens', notFound('007')],
    ['GET', '/glue-storefront/Stores', notFound('007')],
    ['GET', '/glue-storefront/__proto__', notFound('007')],
    ['GET', '/glue-storefront/constructor/x', notFound('007')],
    ['GET', '/glue-storefront/%00', notFound('007')],
    ['GET', '/glue-storefront/%E0%A4%A', notFound('007')],
    ['OPTIONS', '/glue-storefront/customers', notFound('007')],
    ['GET', '/glue-storefront/stores/DE/token', notFound('009')],
    ['POST', '/glue-storefront/stores/DE/token', notFound('009')],
    ['GET', '/glue-storefront/stores/DE/token/x', notFound('009')],
    ['GET', '/glue-backend/stores', notFound('007')],
    ['POST', '/glue-storefront/warehouse-tokens', notFound('007')],
    ['GET', '/glue-backend/warehouse-tokens', NO_METHOD],
    ['POST', '/glue-storefront/stores', NO_METHOD],
    ['DELETE', '/glue-storefront/stores/DE', NO_METHOD],
    ['GET', '/glue-storefront/token', NO_METHOD],
    ['PATCH', '/glue-backend/multi-factor-auth-types', NO_METHOD],
    ['GET', '/glue-backend/multi-factor-auth-trigger', NO_METHOD],
  ])('%s %s: %s', async ([method, path, text]) => {
    expect(await call(method, path)).toMatchObject({ status: 404, text });
  });

  test('a body that is too large is refused', async () => {
    const { status, json } = await storefront('POST', '/token', { body: { username: 'x'.repeat(300_000) } });

    expect(status).toBe(413);
    expect(json).toEqual([{ message: 'Request body is too large.', status: 413, code: null }]);
  });
});

describe('a filter', () => {
  const UNSUPPORTED =
    '[{"message":"Unsupported `Filter` format is used. Please use `filter[resource.property]`","status":400,"code":"011"}]';

  test.for(['filter[name]=DE', 'filter[]=x', 'filter[stores.name]=DE&filter[name]=DE', 'filter%5Bname%5D=DE'])(
    '?%s without a dot is refused',
    async (query) => {
      expect(await storefront('GET', `/stores?${query}`)).toMatchObject({ status: 400, text: UNSUPPORTED });
      expect(await storefront('POST', `/token?${query}`, { body: {} })).toMatchObject({
        status: 400,
        text: UNSUPPORTED,
      });
      const headers = { Accept: JSON_API };
      expect((await storefront('GET', `/stores?${query}`, { headers })).text).toBe(`{"errors":${UNSUPPORTED}}`);
    },
  );

  test.for(['filter[stores.name]=DE', 'filter[.]=x', 'filter=x', 'sort=-name', 'include=countries', 'q=x'])(
    '?%s is let pass',
    async (query) => {
      expect((await storefront('GET', `/stores?${query}`)).status).toBe(200);
    },
  );
});

describe('browsers of other origins', () => {
  const Origin = 'https://shop.example.org';
  const ALLOWED = 'accept, content-type, content-language, accept-language, authorization';

  test.for([
    ['/glue-storefront/stores', 'GET, OPTIONS'],
    ['/glue-storefront/stores/DE', 'GET, OPTIONS'],
    ['/glue-storefront/token', 'POST, OPTIONS'],
    ['/glue-backend/token', 'POST, OPTIONS'],
    ['/glue-backend/multi-factor-auth-types', 'GET, OPTIONS'],
    ['/glue-backend/multi-factor-auth-trigger', 'POST, OPTIONS'],
  ] as const)('ask for %s and may %s', async ([path, methods]) => {
    const { status, text, headers } = await call('OPTIONS', path, {
      headers: {
        Origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'Content-Type, Authorization',
      },
    });

    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toBe(methods);
    expect(headers.get('access-control-allow-headers')).toBe(ALLOWED);
  });

  test('need not name headers', async () => {
    expect((await storefront('OPTIONS', '/token', { headers: { Origin } })).status).toBe(204);
  });

  test('say where they are from', async () => {
    const { status, json } = await storefront('OPTIONS', '/token', {
      headers: { 'Access-Control-Request-Method': 'POST' },
    });

    expect(status).toBe(501);
    expect(json[0].message).toBe('The required header `origin` for the options method is missing.');
  });

  test.for(['X-MFA-Code', 'content-type,x-agent-authorization', 'Store', '*'])('may not send %s', async (name) => {
    const { status, json, headers } = await storefront('OPTIONS', '/token', {
      headers: { Origin, 'Access-Control-Request-Headers': name },
    });

    expect(status).toBe(400);
    expect(json[0].message).toBe('Not allowed.');
    expect(headers.get('access-control-allow-headers')).toBeNull();
  });
});

describe('headers of every answer', () => {
  const security = {
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': "frame-ancestors 'self'",
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
    'referrer-policy': 'same-origin',
    'permissions-policy': '',
    'cache-control': 'no-cache, private',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    'access-control-allow-origin': '*',
  };

  test.for([
    ['GET', '/stores', 200],
    ['GET', '/nothing', 404],
    ['POST', '/token', 400],
    ['GET', '/multi-factor-auth-types', 401],
    ['OPTIONS', '/token', 204],
  ] as const)('%s %s', async ([method, path, status]) => {
    const answer = await storefront(method, path, { headers: { Origin: 'https://shop.example.org' } });

    expect(answer.status).toBe(status);
    expect(Object.fromEntries(Object.keys(security).map((name) => [name, answer.headers.get(name)]))).toEqual(security);
    expect(answer.headers.get('x-request-id')).toMatch(/.{8}/);
  });

  test.for([
    ['en', 'en_US'],
    ['de-AT,en;q=0.5', 'de_DE'],
    ['fr', 'de_DE'],
  ] as const)('in the language asked for, %s: %s', async ([accept, language]) => {
    const answer = await storefront('GET', '/stores', { headers: { 'Accept-Language': accept } });

    expect(answer.headers.get('content-language')).toBe(language);
  });
});
