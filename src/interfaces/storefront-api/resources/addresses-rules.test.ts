import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { MISSING, BLANK } from '../../../../test/passwords.ts';

const world = useApp();

const valid = {
  salutation: 'Mr',
  firstName: 'Ola',
  lastName: 'Nordmann',
  address1: 'Storgata',
  address2: '7 B',
  address3: null,
  zipCode: '0155',
  city: 'Oslo',
  iso2Code: 'NO',
  company: null,
  phone: null,
  isDefaultShipping: null,
  isDefaultBilling: null,
};

const CHOICE = 'The value you selected is not a valid choice.';
const NOT_BOOL = 'This value should be of type bool.';
const NOT_STRING = 'This value should be of type string.';
const tooLong = (max: number) => `This value is too long. It should have ${max} characters or less.`;
const tooShort = (min: number) => `This value is too short. It should have ${min} characters or more.`;

let token: string;
let list: string;
let one: string;
beforeAll(async () => {
  const customer = await activeCustomer(world);
  token = (await logIn(world, customer.email)).accessToken;
  list = `/customers/${customer.reference}/addresses`;
  one = `${list}/${(await send('POST', valid)).json.data.id}`;
});

const send = (method: 'POST' | 'PATCH', attributes: unknown): Promise<ApiAnswer> =>
  api(world, method, method === 'POST' ? list : one, { token, body: { data: { type: 'addresses', attributes } } });
const rows = () => world.sql('select * from customer_address order by customer_id, number');

/** Sends an attribute with both verbs; both have the same against it, and nothing is written. */
async function violationsOf(attributes: object): Promise<string[]> {
  const before = await rows();
  const [post, patch] = [await send('POST', { ...valid, ...attributes }), await send('PATCH', attributes)];
  expect(post.text).toBe(patch.text);
  expect([post.status, patch.status]).toEqual([422, 422]);
  expect(await rows()).toEqual(before);
  return post.json.errors.map(({ detail, ...rest }: { detail: string }) => {
    expect(rest).toEqual({ status: 422, code: '901' });
    return detail;
  });
}

/** Sends attributes with both verbs, and returns how they and the country come back, from both the same. */
async function taken(attributes: object): Promise<Record<string, unknown>> {
  const [post, patch] = [await send('POST', { ...valid, ...attributes }), await send('PATCH', attributes)];
  const shown = ({ json }: ApiAnswer) =>
    Object.fromEntries(
      Object.keys({ ...attributes, ...('iso2Code' in attributes ? { country: '' } : {}) }).map((name) => [
        name,
        json.data?.attributes[name],
      ]),
    );
  expect([post.status, patch.status]).toEqual([201, 200]);
  expect(shown(post)).toEqual(shown(patch));
  return shown(post);
}

const names = Object.keys(valid);
const required = names.filter((name) => !['address3', 'company', 'phone'].includes(name));

test('POST of nothing misses every required attribute, in the order of the contract', async () => {
  const { status, text } = await send('POST', {});

  expect(status).toBe(422);
  expect(text).toBe(
    JSON.stringify({ errors: required.map((name) => ({ detail: `${name} => ${MISSING}`, status: 422, code: '901' })) }),
  );
});

test.for(required)('POST without %s misses just that; PATCH does not', async (name) => {
  const { [name]: left, ...rest } = { ...valid } as Record<string, unknown>;
  expect(left).toBeDefined();

  expect((await send('POST', rest)).json.errors).toEqual([
    { detail: `${name} => ${MISSING}`, status: 422, code: '901' },
  ]);
  expect((await send('PATCH', rest)).status).toBe(200);
});

test('the order of what is wrong is the order of the contract, not of the request', async () => {
  const empty = Object.fromEntries(names.toReversed().map((name) => [name, '']));

  expect(await violationsOf(empty)).toEqual([
    `salutation => ${BLANK}`,
    `salutation => ${CHOICE}`,
    `firstName => ${BLANK}`,
    `lastName => ${BLANK}`,
    `address1 => ${BLANK}`,
    `address2 => ${BLANK}`,
    `zipCode => ${BLANK}`,
    `city => ${BLANK}`,
    `city => ${tooShort(3)}`,
    `iso2Code => ${BLANK}`,
    `isDefaultShipping => ${NOT_BOOL}`,
    `isDefaultBilling => ${NOT_BOOL}`,
  ]);
});

describe('null', () => {
  test.for(required.slice(0, -2))('is blank for %s', async (name) => {
    expect(await violationsOf({ [name]: null })).toEqual([`${name} => ${BLANK}`]);
  });

  test.for(['address3', 'company', 'phone'])('empties %s', async (name) => {
    expect(await taken({ [name]: 'something' })).toMatchObject({ [name]: 'something' });
    expect(await taken({ [name]: null })).toMatchObject({ [name]: null });
  });

  test.for(['isDefaultShipping', 'isDefaultBilling'])('wishes nothing for %s', async (name) => {
    await send('PATCH', { [name]: true });
    expect((await send('POST', { ...valid, [name]: null })).json.data.attributes[name]).toBe(false);
    expect((await send('PATCH', { [name]: null })).json.data.attributes[name]).toBe(true);
  });
});

describe('lengths', () => {
  const longest: [name: string, max: number][] = [
    ['firstName', 100],
    ['lastName', 100],
    ['address1', 255],
    ['address2', 255],
    ['address3', 255],
    ['zipCode', 15],
    ['city', 255],
    ['phone', 255],
  ];

  test.for(longest)('%s has at most %i characters, of whatever script', async ([name, max]) => {
    for (const character of ['x', '😀']) {
      expect(await taken({ [name]: character.repeat(max) })).toMatchObject({ [name]: character.repeat(max) });
      expect(await violationsOf({ [name]: character.repeat(max + 1) })).toEqual([`${name} => ${tooLong(max)}`]);
    }
  });

  test('company may be as long as the others', async () => {
    expect(await taken({ company: '字'.repeat(255) })).toMatchObject({ company: '字'.repeat(255) });
  });

  test('city has at least three characters', async () => {
    expect(await taken({ city: 'Lom' })).toMatchObject({ city: 'Lom' });
    for (const city of ['Y', 'Å字', '😀😀']) expect(await violationsOf({ city })).toEqual([`city => ${tooShort(3)}`]);
  });

  test('iso2Code has two', async () => {
    expect(await violationsOf({ iso2Code: 'NOR' })).toEqual([`iso2Code => ${tooLong(2)}`]);
  });

  test('white space is not blank and stays as it is', async () => {
    expect(
      await taken({ firstName: ' ', lastName: '\t', address1: ' a ', address2: '\u00a0', zipCode: ' ', city: '   ' }),
    ).toMatchObject({ firstName: ' ', lastName: '\t', address1: ' a ', address2: '\u00a0', zipCode: ' ', city: '   ' });
  });
});

describe('choices', () => {
  test.for(['Mr', 'Mrs', 'Ms', 'Dr'])('a salutation is %s', async (salutation) => {
    expect(await taken({ salutation })).toMatchObject({ salutation });
  });

  test.for(['mr', 'Mx', 'n/a', 'Mr ', 5, {}, ['Mr']])('a salutation is not %j', async (salutation) => {
    expect(await violationsOf({ salutation })).toEqual([`salutation => ${CHOICE}`]);
  });

  test.for<[iso2Code: string, country: string]>([
    ['AT', 'Austria'],
    ['GB', 'United Kingdom'],
    ['JP', 'Japan'],
    ['XK', 'Kosovo'],
  ])('iso2Code %s is %s, in the store of Germany too', async ([iso2Code, country]) => {
    expect(await taken({ iso2Code })).toMatchObject({ iso2Code, country });
  });

  test('iso2Code decides over the country that is sent along', async () => {
    expect(await taken({ iso2Code: 'AT', country: 'France' })).toMatchObject({ iso2Code: 'AT', country: 'Austria' });
    expect(await taken({ iso2Code: 'NO', country: 5 })).toMatchObject({ iso2Code: 'NO', country: 'Norway' });
  });

  test('a country in small letters is the same country', async () => {
    expect(await taken({ iso2Code: 'dk' })).toMatchObject({ iso2Code: 'DK', country: 'Denmark' });
  });

  test.for(['XX', 'ZZ', 'UK', 'D', 'D ', '--', '\u{1f1e9}\u{1f1ea}', 'd\u0131'])(
    'iso2Code %j is no country',
    async (iso2Code) => {
      expect(await violationsOf({ iso2Code })).toEqual([`iso2Code => ${CHOICE}`]);
    },
  );

  test.for(['\u00df', '\ufb01', '\u0131t'])(
    'a letter that only becomes a code as a capital is none: %j',
    async (iso2Code) => {
      expect((await send('POST', { ...valid, iso2Code })).status).toBe(422);
    },
  );
});

describe('types', () => {
  const texts = names.slice(1, -2);

  test.for(texts)('%s is a string', async (name) => {
    for (const value of [5, true, {}, ['x'], 1.5])
      expect(await violationsOf({ [name]: value })).toEqual([`${name} => ${NOT_STRING}`]);
  });

  test.for(texts.filter((name) => required.includes(name)))(
    '%s that is false or an empty list is blank',
    async (name) => {
      for (const value of [false, []]) expect((await violationsOf({ [name]: value }))[0]).toBe(`${name} => ${BLANK}`);
    },
  );

  test.for(['isDefaultShipping', 'isDefaultBilling'])('%s is a boolean', async (name) => {
    for (const value of ['', 'true', '1', 0, 1, [], {}])
      expect(await violationsOf({ [name]: value })).toEqual([`${name} => ${NOT_BOOL}`]);
  });
});

test('one bad attribute among good ones changes none of them', async () => {
  expect(await violationsOf({ firstName: 'Kari', city: 'Å', isDefaultBilling: true })).toEqual([
    `city => ${tooShort(3)}`,
  ]);
});

test('postcodes and regions of a country do not stand in the way', async () => {
  expect(await taken({ iso2Code: 'US', zipCode: 'not a zip', city: 'Nowhere' })).toMatchObject({
    iso2Code: 'US',
    zipCode: 'not a zip',
    city: 'Nowhere',
  });
  expect(await taken({ iso2Code: 'DE', zipCode: '1' })).toMatchObject({ iso2Code: 'DE', zipCode: '1' });
});
