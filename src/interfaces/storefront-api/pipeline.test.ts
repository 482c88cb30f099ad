import { describe, expect, test } from 'vitest';
import { api, type ApiCall, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';

const world = useApp();

const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';
const PAGINATION = 'Pagination parameters are invalid.';
const PREFLIGHT =
  'One or more of the required headers (access-control-request-method, access-control-request-headers, origin) for the options method are missing.';
const emptyCollection = (path: string) => `{"data":[],"links":{"self":"http://shop.test${path}"}}`;
const preflight = (method: string, headers = 'accept') => ({
  Origin: 'http://app.test',
  'Access-Control-Request-Method': method,
  'Access-Control-Request-Headers': headers,
});

async function visitor() {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  return { ...customer, token, own: `/customers/${customer.reference}` };
}

/** Says in a word or two what an answer is: `422/901`, or status and text where it is plain. */
const verdict = (answer: Awaited<ReturnType<typeof api>>) =>
  answer.headers.get('content-type')?.startsWith('text/plain') ? `${answer.status} ${answer.text}` : (answer.json?.errors?.map(({ status, code, detail }: Record<string, unknown>) => `${status}/${code ?? detail}`).join() ?? String(answer.status));

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
    ['pagination, pre-flight method', 'OPTIONS', `/customers?${page}`, { headers: preflight('PUT') }, `400 ${PAGINATION}`],
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
    ['invalid token, attributes', 'POST', '/customers', { token: 'nonsense', body: customers({ email: '' }) }, '401/001'],
    ['missing token, query', 'GET', '/customers?currency=XXX', {}, '403/002'],
    ['attributes, query', 'POST', '/access-tokens?currency=XXX', { attributes: { username: 'a@example.org', password: '' } }, '422/901'],
  ])('%s: %s %s', async ([, method, path, call, expected]) => {
    expect(verdict(await api(world, method, path, call))).toBe(expected);
  });

  test('attributes, ownership; query, ownership; ownership, business rules', async () => {
    const { token } = await visitor();
    const patch = (path: string, attributes: unknown) => api(world, 'PATCH', path, { token, body: customers(attributes) });

    expect(verdict(await patch('/customers/x', { email: '' }))).toBe('422/901');
    expect(verdict(await patch('/customers/x?priceMode=x', {}))).toBe('400/314');
    expect(verdict(await patch('/customers/x', { password: PASSWORD, confirmPassword: `${PASSWORD}!` }))).toBe('403/411');
  });

  test('body, lock-out; lock-out, agent, identities, token and attributes', async () => {
    const { email } = await activeCustomer(world);
    const attempt = (attributes: object, headers = {}, type = 'access-tokens') =>
      api(world, 'POST', '/access-tokens', { headers, body: { data: { type, attributes: { username: email, ...attributes } } } });
    for (let failure = 1; failure <= 9; failure++) await attempt({ password: 'wrong' });

    expect(verdict(await attempt({ password: PASSWORD }, {}, 'x'))).toBe('400/Invalid type.');
    expect(verdict(await attempt({ password: '' }, { ...agent, ...both }))).toBe('429/4401');
    expect(verdict(await attempt({}))).toBe('429/4401');
  });
});

describe('request headers', () => {
  test.for(['*/*', 'application/json', 'application/vnd.api+json', 'text/html;q=0.5,*/*', ''])('Accept: %j is answered with JSON:API', async (Accept) => {
    const { status, headers } = await api(world, 'GET', '/access-tokens', { headers: { Accept } });

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test('no Accept at all is answered with JSON:API', async () => {
    // fetch would add one of its own
    const answer = await api(world, 'GET', '/access-tokens', { headers: { Accept: '' } });

    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test.for(['application/vnd.api+xml', 'application/vnd.api+yaml;q=1'])('Accept: %s is 415 in plain text', async (Accept) => {
    const answer = await api(world, 'GET', '/access-tokens', { headers: { Accept } });

    expect([answer.status, answer.text]).toEqual([415, 'Unsupported Media Type']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test.for(['', ' '])('a Content-Type of %j is 415 in plain text', async (type) => {
    for (const [method, call] of [['GET', {}], ['POST', { attributes: {} }]] as const) {
      const answer = await api(world, method, '/access-tokens', { ...call, headers: { 'Content-Type': type } });
      expect([answer.status, answer.text]).toEqual([415, 'Unsupported media type.']);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    }
  });

  test.for(['application/json', 'application/vnd.api+json', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'nonsense'])(
    'a body sent as %s is read as JSON',
    async (type) => {
      const { email } = await activeCustomer(world);

      const answer = await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD }, headers: { 'Content-Type': type } });

      expect(answer.status).toBe(201);
    },
  );

  test('a body in a format that nobody decodes counts as none', async () => {
    const answer = await api(world, 'POST', '/access-tokens', { attributes: {}, headers: { 'Content-Type': 'application/vnd.api+xml' } });

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

  test.for([
    ['Bearer nonsense', '401/4102'],
    ['nonsense', '200'],
    ['', '200'],
  ] as const)('X-Agent-Authorization: %j answers %s', async ([value, expected]) => {
    const answer = await api(world, 'GET', '/access-tokens', { headers: { 'X-Agent-Authorization': value } });

    expect(verdict(answer)).toBe(expected);
    if (answer.status === 401) {
      expect(answer.text).toBe('{"errors":[{"detail":"Agent access token is invalid.","status":401,"code":"4102"}]}');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
    }
  });

  test('a guest may name themselves, a customer may not do so besides', async () => {
    const guest = { 'X-Anonymous-Customer-Unique-Id': 'guest' };
    const { token, email } = await visitor();

    expect(await api(world, 'POST', '/access-tokens', { headers: guest, attributes: { username: email, password: PASSWORD } })).toMatchObject({ status: 201 });
    const answer = await api(world, 'GET', '/customers', { token, headers: guest });
    expect([answer.status, answer.text]).toEqual([400, `{"errors":[{"detail":"Headers request error. A user can't act as logged and not logged user at the same time.","status":400,"code":"005"}]}`]);
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
    if (path !== '/token') expect(answer.headers.get('content-language')).toBe('de_DE');
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
      return api(world, 'POST', path, { headers, body: { data: { type: 'customers', attributes: { email, salutation, firstName, lastName, gender, password, confirmPassword: password, acceptedTerms: true } } } });
    };

    expect((await register('/customers', { Store: 'AT' })).json.data.id).toMatch(/^AT--\d+$/);
    expect((await register('/customers?_store=US', {})).json.data.id).toMatch(/^US--\d+$/);
    expect((await register('/customers', {})).json.data.id).toMatch(/^DE--\d+$/);
  });

  test('that there is not is refused before the route is looked at', async () => {
    for (const [path, headers] of [['/nothing', { Store: 'XX' }], ['/access-tokens?_store=XX', {}], ['/access-tokens', { Store: 'de' }]] as const) {
      const answer = await api(world, 'GET', path, { headers });
      expect([answer.status, answer.text]).toEqual([404, '{"errors":[{"detail":"Store not found.","status":404,"code":"601"}]}']);
    }
  });
});

describe('routes', () => {
  test.for([
    ['GET', '/nothing'],
    ['GET', '/Customers'],
    ['GET', '/customers.json'],
    ['GET', '/customers/x/customers'],
    ['GET', '/nothing/x/customers'],
    ['GET', '/access-tokens/x/customers'],
    ['GET', '//customers'],
    ['POST', '/customers/x'],
    ['POST', '/access-tokens/x'],
    ['PUT', '/customers/x'],
    ['PUT', '/nothing'],
    ['PATCH', '/access-tokens'],
    ['DELETE', '/access-tokens'],
    ['PATCH', '/refresh-tokens/x'],
    ['GET', '/customer-password'],
    ['POST', '/customer-password/x'],
    ['GET', '/customer-password/x'],
    ['PATCH', '/customer-restorepassword/x'],
    ['GET', '/customer-forgotten-password'],
    ['OPTIONS', '/nothing'],
  ] as const)('%s %s is 404, never 405', async ([method, path]) => {
    const answer = await api(world, method, path, method === 'GET' || method === 'DELETE' || method === 'OPTIONS' ? {} : { attributes: {} });

    expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test.for(['/access-tokens/', '/refresh-tokens/'])('a trailing slash does not count: %s', async (path) => {
    expect(await api(world, 'GET', path)).toMatchObject({ status: 200, text: emptyCollection(path) });
    expect(verdict(await api(world, 'POST', path, { attributes: {} }))).toContain('422/901');
  });

  test('of an empty id nothing is found', async () => {
    const { token } = await visitor();

    expect(verdict(await api(world, 'GET', '/customers//', { token }))).not.toMatch(/^5/);
  });
});

describe('the body of POST and PATCH', () => {
  const type = 'access-tokens';
  const attributes = { username: '', password: 'x' };

  test.for<[body: unknown, expected: string]>([
    ['', 'Post data is invalid.'],
    ['{', 'Post data is invalid.'],
    ['null', 'Post data is invalid.'],
    ['[]', 'Post data is invalid.'],
    ['"data"', 'Post data is invalid.'],
    [{}, 'Post data is invalid.'],
    [{ data: null }, 'Post data is invalid.'],
    [{ data: [] }, 'Post data is invalid.'],
    [{ data: { attributes } }, 'Post data is invalid.'],
    [{ data: { type: null, attributes } }, 'Post data is invalid.'],
    [{ data: { type } }, 'Post data is invalid.'],
    [{ data: { type, attributes: null } }, 'Post data is invalid.'],
    [{ data: { type: 'x' } }, 'Post data is invalid.'],
    [{ data: { type: '', attributes } }, 'Invalid type.'],
    [{ data: { type: 'x', attributes } }, 'Invalid type.'],
    [{ data: { type: 'Access-Tokens', attributes } }, 'Invalid type.'],
    [{ data: { type: 5, attributes } }, 'Invalid type.'],
  ])('%j answers 400', async ([body, detail]) => {
    const answer = await api(world, 'POST', '/access-tokens', { body });

    expect([answer.status, answer.text]).toEqual([400, `{"errors":[{"detail":"${detail}","status":400}]}`]);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test('no body at all is invalid too', async () => {
    expect(verdict(await api(world, 'POST', '/access-tokens'))).toBe('400/Post data is invalid.');
    expect(verdict(await api(world, 'PATCH', '/customers/x'))).toBe('400/Post data is invalid.');
  });

  test('empty attributes go on to be validated; an id and unknown members are ignored', async () => {
    expect(verdict(await api(world, 'POST', '/access-tokens', { body: { data: { type, attributes: {} } } }))).toBe('422/901,422/901');
    const { email } = await activeCustomer(world);
    const body = { meta: 1, included: [], data: { type, id: 'x', include: 'y', relationships: {}, attributes: { username: email, password: PASSWORD, grant: 'x' } } };
    expect(await api(world, 'POST', '/access-tokens', { body })).toMatchObject({ status: 201 });
  });
});

describe('the query', () => {
  const path = (query: string) => `/access-tokens?${query}`;

  test.for(['page[offset]=0', 'page[offset]=', 'page[limit]=', 'page[limit]=0', 'page[limit]=-1', 'page[limit]=abc', 'page[limit]=1.5', 'page[offset]=abc&page[limit]=1', 'page[offset]=1.5&page[limit]=1', 'page[offset]=0&page[limit]=0', 'page%5Blimit%5D=x'])(
    '?%s is refused in plain text',
    async (query) => {
      const answer = await api(world, 'GET', path(query));

      expect([answer.status, answer.text]).toEqual([400, PAGINATION]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    },
  );

  test.for(['page[limit]=10', 'page[offset]=0&page[limit]=1', 'page[offset]=&page[limit]=1', 'page[offset]=20&page[limit]=999', 'page[offset]=-1&page[limit]=1', 'page%5Boffset%5D=5&page%5Blimit%5D=5'])(
    '?%s is accepted and repeated in the link',
    async (query) => {
      expect(await api(world, 'GET', path(query))).toMatchObject({ status: 200, text: emptyCollection(path(query)) });
    },
  );

  test('pagination is checked on writing and unprotected routes too', async () => {
    expect(verdict(await api(world, 'POST', path('page[limit]=0'), { attributes: {} }))).toBe(`400 ${PAGINATION}`);
    expect(verdict(await api(world, 'DELETE', '/customers/x?page[offset]=1', {}))).toBe(`400 ${PAGINATION}`);
  });

  test.for([
    ['currency=XXX', '{"errors":[{"detail":"Currency is invalid.","status":400,"code":"313"}]}'],
    ['priceMode=GROSS', '{"errors":[{"detail":"Price mode is invalid.","status":400,"code":"314"}]}'],
  ] as const)('?%s is refused', async ([query, text]) => {
    const answer = await api(world, 'GET', path(query));

    expect([answer.status, answer.text]).toEqual([400, text]);
  });

  test.for(['currency=EUR', 'currency=CHF&priceMode=GROSS_MODE', 'priceMode=NET_MODE', 'include=', 'include=x', 'sort=a,-b', 'filter[a.b]=c', 'filter[a]=b', 'fields[x]=y', 'q=%C3%A9', 'a&&=&', '', '?'])(
    '?%s is accepted and repeated as it was sent',
    async (query) => {
      expect(await api(world, 'GET', path(query))).toMatchObject({ status: 200, text: emptyCollection(path(query)) });
    },
  );
});

describe('pre-flights', () => {
  const ask = (path: string, headers: Record<string, string>) => api(world, 'OPTIONS', path, { headers });

  test.for([
    ['/customers', ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/customers/DE--1', ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/access-tokens', ['GET', 'POST', 'OPTIONS']],
    ['/customer-password/DE--1', ['PATCH', 'OPTIONS']],
    ['/customer-forgotten-password', ['POST', 'OPTIONS']],
  ] as const)('%s says what it allows, without a token', async ([path, methods]) => {
    const answer = await ask(path, preflight(methods[0], 'Accept, content-type,content-language,accept-language, AUTHORIZATION,x-anonymous-customer-unique-id,access-control-allow-origin'));

    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"data":[],"links":[]}');
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(answer.headers.get('access-control-allow-methods')?.split(', ').toSorted()).toEqual(methods.toSorted());
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/, OPTIONS$/);
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'accept, content-type, content-language, accept-language, authorization, X-Anonymous-Customer-Unique-Id, access-control-allow-origin',
    );
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.for(['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'] as const)('without %s is 501 in plain text', async (missing) => {
    const { [missing]: _, ...headers } = preflight('GET');

    const answer = await ask('/customers', headers);

    expect([answer.status, answer.text]).toEqual([501, PREFLIGHT]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test.for([
    ['PUT', 'accept'],
    ['DELETE', 'accept'],
    ['GET', 'X-MFA-Code'],
    ['GET', 'x-agent-authorization'],
    ['GET', 'accept,if-match'],
    ['GET', 'store'],
  ] as const)('for %s with %s is 403 in plain text', async ([method, headers]) => {
    const answer = await ask('/access-tokens', preflight(method, headers));

    expect([answer.status, answer.text]).toEqual([403, 'Not allowed.']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });
});

describe('with CORS_ALLOW_ORIGIN', () => {
  const open = useApp({ CORS_ALLOW_ORIGIN: 'https://app.test' });

  test.for<[method: string, path: string, call: ApiCall]>([
    ['OPTIONS', '/customers', { headers: preflight('GET') }],
    ['GET', '/access-tokens', {}],
    ['GET', '/nothing', {}],
    ['GET', '/customers?page[limit]=0', {}],
    ['POST', '/token', { body: '' }],
  ])('%s %s names the origin', async ([method, path, call]) => {
    expect((await api(open, method, path, call)).headers.get('access-control-allow-origin')).toBe('https://app.test');
  });
});

describe('links', () => {
  test('come from the configured address, whatever Host says', async () => {
    const { token, own } = await visitor();

    for (const Host of ['evil.test', 'evil.test:80', '[::1]', 'x y', '%00', '']) {
      const answer = await api(world, 'GET', own, { token, headers: { Host, 'X-Forwarded-Host': 'evil.test' } });
      if (answer.status === 200) expect(answer.json.data.links.self).toBe(`http://shop.test${own}`);
      else expect(answer.status).toBe(400);
    }
  });

  test('errors have the status of the answer, and codes are strings', async () => {
    const { json, status } = await api(world, 'POST', '/access-tokens', { attributes: {} });

    expect(json.errors.map(({ status }: { status: unknown }) => status)).toEqual([status, status]);
    expect(errorsOf({ json } as never)).toEqual(['422/901', '422/901']);
    expect(json.errors[0].code).toBe('901');
  });
});
