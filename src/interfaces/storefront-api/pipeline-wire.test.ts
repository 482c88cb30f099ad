import { describe, expect, test } from 'vitest';
import { api, type ApiCall, loggedIn, preflight, verdict } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';

const world = useApp();

const NOT_FOUND = '{"errors":[{"status":404,"detail":"Not Found"}]}';
const PAGINATION = 'Pagination parameters are invalid.';
const PREFLIGHT =
  'One or more of the required headers (access-control-request-method, access-control-request-headers, origin) for the options method are missing.';
const emptyCollection = (path: string) => `{"data":[],"links":{"self":"http://shop.test${path}"}}`;

const visitor = () => loggedIn(world);

describe('routes', () => {
  test.for(['/', '/login', '/customer/overview'])(
    'a program that opens the page %s reads that there is no resource',
    async (path) => {
      const answer = await api(world, 'GET', path);

      expect(answer).toMatchObject({ status: 404, text: NOT_FOUND });
    },
  );

  test.for([
    ['GET', '/nothing'],
    ['GET', '/Customers'],
    ['GET', '/customers.json'],
    ['GET', '/customers/x/customers'],
    ['GET', '/nothing/x/customers'],
    ['GET', '/access-tokens/x/customers'],
    ['GET', '//customers'],
    ['GET', '//x/access-tokens'],
    ['POST', '//x/access-tokens'],
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
    const answer = await api(
      world,
      method,
      path,
      method === 'GET' || method === 'DELETE' || method === 'OPTIONS' ? {} : { attributes: {} },
    );

    expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test.for(['/access-tokens/', '/refresh-tokens/'])('a trailing slash does not count: %s', async (path) => {
    expect(await api(world, 'GET', path)).toMatchObject({ status: 200, text: emptyCollection(path) });
    expect(verdict(await api(world, 'POST', path, { attributes: {} }))).toContain('422/901');
  });

  test('a trailing slash does not count at /token either', async () => {
    expect(await api(world, 'POST', '/token/', { body: 'grant_type=x' })).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    });
  });

  test('an own reference in front does not open what is somebody else\u2019s', async () => {
    const other = await activeCustomer(world);
    const { token, reference } = await visitor();
    const body = { data: { type: 'customers', attributes: { firstName: 'Eve' } } };

    expect(await api(world, 'PATCH', `//${reference}/customers/${other.reference}`, { token, body })).toMatchObject({
      status: 404,
      text: NOT_FOUND,
    });
    expect(await api(world, 'DELETE', `//${reference}/customers/${other.reference}`, { token })).toMatchObject({
      status: 404,
      text: NOT_FOUND,
    });
    expect(await api(world, 'GET', '/customers', { token })).toMatchObject({
      status: 200,
      json: { data: [{ attributes: { firstName: 'Ida' } }] },
    });
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
    expect(verdict(await api(world, 'POST', '/access-tokens', { body: { data: { type, attributes: {} } } }))).toBe(
      '422/901,422/901',
    );
    const { email } = await activeCustomer(world);
    const body = {
      meta: 1,
      included: [],
      data: {
        type,
        id: 'x',
        include: 'y',
        relationships: {},
        attributes: { username: email, password: PASSWORD, grant: 'x' },
      },
    };
    expect(await api(world, 'POST', '/access-tokens', { body })).toMatchObject({ status: 201 });
  });
});

describe('the query', () => {
  const path = (query: string) => `/access-tokens?${query}`;

  test.for([
    'page[offset]=0',
    'page[offset]=',
    'page[limit]=',
    'page[limit]=0',
    'page[limit]=-1',
    'page[limit]=abc',
    'page[limit]=1.5',
    'page[offset]=abc&page[limit]=1',
    'page[offset]=1.5&page[limit]=1',
    'page[offset]=0&page[limit]=0',
    'page%5Blimit%5D=x',
  ])('?%s is refused in plain text', async (query) => {
    const answer = await api(world, 'GET', path(query));

    expect([answer.status, answer.text]).toEqual([400, PAGINATION]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test.for([
    'page[limit]=10',
    'page[offset]=0&page[limit]=1',
    'page[offset]=&page[limit]=1',
    'page[offset]=20&page[limit]=999',
    'page[offset]=-1&page[limit]=1',
    'page%5Boffset%5D=5&page%5Blimit%5D=5',
  ])('?%s is accepted and repeated in the link', async (query) => {
    expect(await api(world, 'GET', path(query))).toMatchObject({ status: 200, text: emptyCollection(path(query)) });
  });

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

  test.for([
    'currency=EUR',
    'currency=CHF&priceMode=GROSS_MODE',
    'priceMode=NET_MODE',
    'include=',
    'include=x',
    'sort=a,-b',
    'filter[a.b]=c',
    'filter[a]=b',
    'fields[x]=y',
    'q=%C3%A9',
    'a&&=&',
    '',
    '?',
  ])('?%s is accepted and repeated as it was sent', async (query) => {
    expect(await api(world, 'GET', path(query))).toMatchObject({ status: 200, text: emptyCollection(path(query)) });
  });
});

describe('pre-flights', () => {
  const ask = (path: string, headers: Record<string, string>) => api(world, 'OPTIONS', path, { headers });

  test.for([
    ['/customers', ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/customers/DE--1', ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/access-tokens', ['GET', 'POST', 'OPTIONS']],
    ['/customer-password/DE--1', ['PATCH', 'OPTIONS']],
    ['/customer-forgotten-password', ['POST', 'OPTIONS']],
    ['/token', ['POST', 'OPTIONS']],
  ] as const)('%s says what it allows, without a token', async ([path, methods]) => {
    const answer = await ask(
      path,
      preflight(
        methods[0],
        'Accept, content-type,content-language,accept-language, AUTHORIZATION,x-anonymous-customer-unique-id,access-control-allow-origin',
      ),
    );

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

  test.for(['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'] as const)(
    'without %s is 501 in plain text',
    async (missing) => {
      const { [missing]: _, ...headers } = preflight('GET');

      const answer = await ask('/customers', headers);

      expect([answer.status, answer.text]).toEqual([501, PREFLIGHT]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    },
  );

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

describe('with several origins in CORS_ALLOW_ORIGIN', () => {
  const open = useApp({ CORS_ALLOW_ORIGIN: 'https://shop.test, https://app.test' });
  const from = async (Origin?: string) =>
    (await api(open, 'GET', '/access-tokens', { headers: Origin === undefined ? {} : { Origin } })).headers;

  test('the one that asks may read the answer, and what it needs of the headers', async () => {
    const headers = await from('https://app.test');

    expect(headers.get('access-control-allow-origin')).toBe('https://app.test');
    expect(headers.get('access-control-expose-headers')).toMatch(/Retry-After.*X-Request-Id/);
  });

  test.for([undefined, 'https://evil.test', 'https://app.test.evil.test', 'null'])('%s may not', async (origin) => {
    expect((await from(origin)).get('access-control-allow-origin')).toBeNull();
  });

  test('caches keep the answers apart', async () => {
    expect((await from('https://evil.test')).get('vary')).toBe('Origin');
  });

  test('a browser asks again after ten minutes', async () => {
    const answer = await api(open, 'OPTIONS', '/customers', { headers: preflight('GET') });

    expect(answer.headers.get('access-control-max-age')).toBe('600');
  });
});

describe('links', () => {
  test('come from the configured address, whatever Host says', async () => {
    const { token, own } = await visitor();

    for (const Host of ['evil.test', 'evil.test:80', '[::1]']) {
      const answer = await api(world, 'GET', own, { token, headers: { Host, 'X-Forwarded-Host': 'evil.test' } });
      expect(answer.json.data.links.self).toBe(`http://shop.test${own}`);
    }
  });

  test('errors have the status of the answer, and codes are strings', async () => {
    const { json, status } = await api(world, 'POST', '/access-tokens', { attributes: {} });

    expect(json.errors.map(({ status }: { status: unknown }) => status)).toEqual([status, status]);
    expect(json.errors.map(({ code }: { code: unknown }) => code)).toEqual(['901', '901']);
  });
});
