import { describe, expect, test } from 'vitest';
import { api, type ApiAnswer } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';

const world = useApp();

const JSON_API = 'application/vnd.api+json';
const get = (path: string, headers: Record<string, string> = {}) =>
  api(world, 'GET', `/glue-storefront${path}`, { headers: { Accept: 'application/json', ...headers } });
const inJsonApi = (path: string, headers: Record<string, string> = {}) => get(path, { Accept: JSON_API, ...headers });
const zones = ({ json }: ApiAnswer) => json.map(({ timeZone }: { timeZone: string }) => timeZone);
const UNKNOWN = '[{"message":"Store not found","status":404,"code":"601"}]';

describe('in plain JSON', () => {
  test('GET /stores is a list of the attributes of the store of the request', async () => {
    const { status, headers, json } = await get('/stores');

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(json).toEqual([(await api(world, 'GET', '/stores/DE')).json.data.attributes]);
    expect(Object.keys(json[0])).toEqual(['timeZone', 'defaultCurrency', 'currencies', 'locales', 'countries']);
  });

  test.for<[path: string, headers: Record<string, string>, zone: string]>([
    ['/stores', { Store: 'US' }, 'America/New_York'],
    ['/stores/', {}, 'Europe/Berlin'],
    ['/stores?_store=US', {}, 'America/New_York'],
    ['/stores/US', {}, 'America/New_York'],
    ['/stores/DE', { Store: 'US' }, 'Europe/Berlin'],
    ['/stores/D%45', {}, 'Europe/Berlin'],
  ])('GET %s with %j is a list of one', async ([path, headers, zone]) => {
    expect(zones(await get(path, headers))).toEqual([zone]);
  });

  test.for(['/stores/de', '/stores/XX', '/stores/__proto__', '/stores/%00', '/stores/%E0%A4', '/stores?_store=XX'])(
    'GET %s finds none',
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 404, text: UNKNOWN });
    },
  );

  test('a request for a store that is not there is about none', async () => {
    expect(await get('/stores/DE', { Store: 'XX' })).toMatchObject({ status: 404, text: UNKNOWN });
  });
});

describe('in JSON:API', () => {
  test('GET /stores is a collection with identifiers', async () => {
    const { status, headers, json } = await inJsonApi('/stores');

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(JSON_API);
    expect(Object.keys(json)).toEqual(['data', 'links']);
    expect(json.data).toHaveLength(1);
    expect(Object.keys(json.data[0])).toEqual(['type', 'id', 'attributes', 'links']);
    expect(json.data[0]).toMatchObject({ type: 'stores', id: 'DE', attributes: { timeZone: 'Europe/Berlin' } });
  });

  test('GET /stores/{name} is a single object', async () => {
    const { json } = await inJsonApi('/stores/US?a=b');

    expect(Object.keys(json)).toEqual(['data']);
    expect(json.data).toMatchObject({ type: 'stores', id: 'US', attributes: { defaultCurrency: 'USD' } });
  });

  test('a store that is not there is an error with a message', async () => {
    expect(await inJsonApi('/stores/XX')).toMatchObject({ status: 404, text: `{"errors":${UNKNOWN}}` });
  });

  test('mine is a name like any other', async () => {
    expect(await inJsonApi('/stores/mine')).toMatchObject({ status: 404, text: `{"errors":${UNKNOWN}}` });
  });

  test('links lead back to this application, by the path that was asked for', async () => {
    const { json } = await inJsonApi('/stores?a=b');

    expect(json.links).toEqual({ self: 'http://shop.test/glue-storefront/stores?a=b' });
    expect(json.data[0].links).toEqual({ self: 'http://shop.test/glue-storefront/stores/DE?a=b' });
  });
});

describe('a page', () => {
  test.for([
    ['page[offset]=0&page[limit]=1', 1],
    ['page[offset]=1&page[limit]=1', 0],
    ['page[limit]=1', 1],
    ['page[offset]=999999&page[limit]=500', 0],
  ] as const)('?%s holds so many: %i', async ([query, items]) => {
    expect((await get(`/stores?${query}`)).json).toHaveLength(items);
    expect((await inJsonApi(`/stores?${query}`)).json.data).toHaveLength(items);
  });

  test.for(['page[offset]=1', 'page[offset]=x&page[limit]=1', 'page[limit]=0', 'page[limit]=-1', 'page[limit]=1.5'])(
    '?%s is refused',
    async (query) => {
      const { status, json } = await get(`/stores?${query}`);

      expect(status).toBe(400);
      expect(json).toEqual([{ message: 'Pagination parameters are invalid.', status: 400, code: null }]);
    },
  );
});

test('fields narrow the attributes down, as in the Storefront REST application', async () => {
  expect((await get('/stores?fields[stores]=timeZone')).json).toEqual([{ timeZone: 'Europe/Berlin' }]);
  expect((await inJsonApi('/stores/DE?fields[stores]=timeZone')).json.data.attributes).toEqual({
    timeZone: 'Europe/Berlin',
  });
  expect((await inJsonApi('/stores/DE?fields[stores]=nothing')).json.data).not.toHaveProperty('attributes');
});

test('the application for people of the shop has no stores', async () => {
  const answer = await api(world, 'GET', '/glue-backend/stores', { headers: { Accept: '*/*' } });

  expect(answer).toMatchObject({ status: 404, text: '[{"message":"Not found","status":404,"code":"007"}]' });
});
