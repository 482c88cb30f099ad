import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { setStore } from '../../../domain/stores/index.ts';

const world = useApp();

const get = (path: string, headers: Record<string, string> = {}) => api(world, 'GET', path, { headers });
const UNKNOWN = '{"errors":[{"detail":"Store not found.","status":404,"code":"601"}]}';

test('GET /stores lists the store of the request, and that alone', async () => {
  const { status, json, text } = await get('/stores');

  expect(status).toBe(200);
  expect(text).toMatch(/^\{"data":\[\{"type":"stores","id":"DE","attributes":\{"timeZone":"Europe\/Berlin",/);
  expect(Object.keys(json)).toEqual(['data', 'links']);
  expect(json.data).toHaveLength(1);
  expect(json.data[0].links).toEqual({ self: 'http://shop.test/stores/DE' });
  expect(json.links).toEqual({ self: 'http://shop.test/stores' });
});

test.for<[string, Record<string, string>, string]>([
  ['/stores', { Store: 'US' }, 'US'],
  ['/stores?_store=AT', {}, 'AT'],
  ['/stores/', {}, 'DE'],
])('GET %s with %j is about %s', async ([path, headers, name]) => {
  expect((await get(path, headers)).json.data.map(({ id }: { id: string }) => id)).toEqual([name]);
});

test.for(['DE', 'AT', 'US'])('GET /stores/%s answers that store, whichever the request is for', async (name) => {
  const { status, json } = await get(`/stores/${name}?a=b`, { Store: 'AT' });

  expect(status).toBe(200);
  expect(json.data).toMatchObject({ type: 'stores', id: name, links: { self: `http://shop.test/stores/${name}?a=b` } });
  expect(Object.keys(json)).toEqual(['data']);
});

test.for(['de', 'XX', 'DE%20', 'mine', '%00', '__proto__', '1', "DE'--"])('there is no store %s', async (name) => {
  expect(await get(`/stores/${name}`)).toMatchObject({ status: 404, text: UNKNOWN });
});

test('a request for a store that is not there is about none', async () => {
  expect(await get('/stores', { Store: 'XX' })).toMatchObject({ status: 404, text: UNKNOWN });
  expect(errorsOf(await get('/stores/DE?_store=XX'))).toEqual(['404/601']);
});

describe('the attributes', () => {
  test('come in the order of the contract, all the way down', async () => {
    const { attributes } = (await get('/stores/US')).json.data;

    expect(Object.keys(attributes)).toEqual(['timeZone', 'defaultCurrency', 'currencies', 'locales', 'countries']);
    const [country] = attributes.countries;
    expect(Object.keys(country)).toEqual([
      'iso2Code',
      'iso3Code',
      'name',
      'postalCodeMandatory',
      'postalCodeRegex',
      'regions',
    ]);
    expect(Object.keys(country.regions[0])).toEqual(['iso2Code', 'name']);
  });

  test('of a store are its own', async () => {
    const { attributes } = (await get('/stores/DE')).json.data;

    const { countries, ...rest } = attributes;
    expect(JSON.stringify(rest)).toBe(
      JSON.stringify({
        timeZone: 'Europe/Berlin',
        defaultCurrency: 'EUR',
        currencies: [
          { code: 'EUR', name: 'Euro' },
          { code: 'CHF', name: 'Swiss Franc' },
        ],
        locales: [
          { code: 'de', name: 'de_DE' },
          { code: 'en', name: 'en_US' },
        ],
      }),
    );
    expect(countries.map(({ iso2Code }: { iso2Code: string }) => iso2Code)).toEqual([
      'DE',
      'AT',
      'CH',
      'FR',
      'IT',
      'NL',
      'BE',
      'LU',
      'DK',
      'PL',
      'CZ',
    ]);
    expect(countries[0]).toEqual({
      iso2Code: 'DE',
      iso3Code: 'DEU',
      name: 'Germany',
      postalCodeMandatory: true,
      postalCodeRegex: expect.any(String),
      regions: [],
    });
  });

  test('say how a postcode looks, as a pattern that another program can use', async () => {
    const { countries } = (await get('/stores/US')).json.data.attributes;
    const [us, canada] = countries.map(({ postalCodeRegex }: { postalCodeRegex: string }) =>
      RegExp(`^(?:${postalCodeRegex})$`),
    );

    expect(['95014', '95014-1234', '9501', 'x95014', '95014x'].map((code) => us.test(code))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(canada.test('H3Z 2Y7')).toBe(true);
    expect(countries[0].regions).toContainEqual({ iso2Code: 'US-CA', name: 'California' });
  });

  test('of a country without postcodes, or without one that must be there, say so', async () => {
    const countries = ['HK', 'IE', 'AC', 'TA'];
    await setStore(world.app, {
      name: 'FAR',
      timeZone: 'Asia/Hong_Kong',
      locales: ['en_US'],
      currencies: ['HKD'],
      countries,
      links: {},
    });

    const { attributes } = (await get('/stores/FAR')).json.data;

    expect(attributes.countries).toMatchObject([
      { iso2Code: 'HK', iso3Code: 'HKG', postalCodeMandatory: false, postalCodeRegex: null },
      { iso2Code: 'IE', iso3Code: 'IRL', postalCodeMandatory: false, postalCodeRegex: expect.any(String) },
      { iso2Code: 'AC', iso3Code: null, name: 'Ascension Island' },
      { iso2Code: 'TA', iso3Code: null, name: 'Tristan da Cunha' },
    ]);
    expect(attributes.defaultCurrency).toBe('HKD');
  });

  test('are named in English, whatever language is asked for', async () => {
    const [german, english] = [await get('/stores', { 'Accept-Language': 'de' }), await get('/stores')];

    expect(german.headers.get('content-language')).toBe('de_DE');
    expect(german.text).toBe(english.text);
  });

  test('may be selected', async () => {
    const { json } = await get('/stores/DE?fields[stores]=timeZone,nonsense');

    expect(json.data.attributes).toEqual({ timeZone: 'Europe/Berlin' });
  });
});

test('stores are for everybody, with a token that is valid or without one', async () => {
  const { email } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);

  expect((await api(world, 'GET', '/stores', { token })).status).toBe(200);
  for (const path of ['/stores', '/stores/DE', '/stores/XX'])
    expect(errorsOf(await api(world, 'GET', path, { token: 'nonsense' }))).toEqual(['401/001']);
});

test.for(['POST', 'PATCH', 'DELETE'])('%s does not exist', async (method) => {
  for (const path of ['/stores', '/stores/DE', '/stores/DE/stores'])
    expect(await api(world, method, path, { body: { data: { type: 'stores', attributes: {} } } })).toMatchObject({
      status: 404,
      text: '{"errors":[{"status":404,"detail":"Not Found"}]}',
    });
});
