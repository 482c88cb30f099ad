import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';

const world = useApp();

const valid = {
  salutation: 'Dr',
  firstName: 'Mary',
  lastName: 'Shelley',
  address1: 'Chester Square',
  address2: '24',
  zipCode: 'SW1W 9HS',
  city: 'London',
  iso2Code: 'GB',
  isDefaultShipping: false,
  isDefaultBilling: false,
};
const texts = [
  'salutation',
  'firstName',
  'lastName',
  'address1',
  'address2',
  'address3',
  'zipCode',
  'city',
  'iso2Code',
  'company',
  'phone',
];

let me: { id: string; token: string; list: string };
let other: { id: string; reference: string };
let first: string;
let second: string;
beforeAll(async () => {
  other = await activeCustomer(world);
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  me = { id: customer.id, token, list: `/customers/${customer.reference}/addresses` };
  first = (await send('POST', me.list, valid)).json.data.id;
  second = (await send('POST', me.list, valid)).json.data.id;
});

const send = (method: 'POST' | 'PATCH', path: string, attributes: unknown) =>
  api(world, method, path, {
    token: me.token,
    body: { data: { type: 'addresses', attributes } },
  });
/** All addresses, without what differs between any two. */
const rows = () =>
  world.sql(
    `select to_jsonb(a) - 'id' - 'number' - 'created_at' - 'updated_at' as row from customer_address a order by number`,
  );

describe('members that are nobody\u2019s to set', () => {
  const wishes = (): Record<string, unknown> => ({
    id: '00000000-0000-7000-8000-000000000000',
    uuid: '00000000-0000-7000-8000-000000000000',
    number: 1,
    customerId: other.id,
    customer_id: other.id,
    fkCustomer: other.id,
    customerReference: other.reference,
    customer_reference: other.reference,
    country: 'France',
    region: 'Hessen',
    comment: 'Generous',
    is_default_billing: true,
    is_default_shipping: true,
    createdAt: '2001-01-01',
    updatedAt: '2001-01-01',
    updated_at: '2001-01-01',
    anonymizedAt: '2001-01-01',
    isDeleted: true,
    constructor: { isDefaultBilling: true },
    prototype: { isDefaultBilling: true },
    toString: 'x',
    hasOwnProperty: null,
  });

  test('change nothing of a new address', async () => {
    const before = (await rows()).length;
    await send('POST', me.list, valid);
    const answer = await send('POST', me.list, { ...valid, ...wishes() });

    const [plain, greedy] = (await rows()).slice(before);
    expect(answer.status).toBe(201);
    expect(answer.json.data.id).not.toBe(wishes()['id']);
    expect(greedy).toEqual(plain);
    expect(JSON.stringify(greedy)).toContain(me.id);
  });

  test('change nothing of one that is there', async () => {
    const before = await world.sql('select * from customer_address order by number');

    const answer = await send('PATCH', `${me.list}/${second}`, wishes());

    expect(answer).toMatchObject({ status: 200, json: { data: { id: second } } });
    expect(await world.sql('select * from customer_address order by number')).toEqual(before);
  });

  test.for(['__proto__', 'constructor', 'prototype'])('%s makes no default and changes no city', async (name) => {
    const before = await rows();
    const hidden = '{"isDefaultBilling":true,"isDefaultShipping":true,"city":"Evil","customerId":"x"}';

    const { status, json } = await api(world, 'PATCH', `${me.list}/${second}`, {
      token: me.token,
      body: `{"data":{"type":"addresses","attributes":{"${name}":${hidden}}}}`,
    });

    expect(status).toBe(200);
    expect(json.data.attributes).toMatchObject({ isDefaultBilling: false, isDefaultShipping: false, city: 'London' });
    expect(await rows()).toEqual(before);
  });

  test('an id beside the attributes is not heard', async () => {
    const { status, json } = await api(world, 'PATCH', `${me.list}/${second}`, {
      token: me.token,
      body: { data: { type: 'addresses', id: first, attributes: { firstName: 'Percy' }, include: 'customers' } },
    });

    expect([status, json.data.id]).toEqual([200, second]);
    expect(await world.sql('select first_name from customer_address where id = $1', [first])).toEqual([
      { first_name: 'Mary' },
    ]);
  });

  test('of two members of the same name the last one counts, for the check as for the value', async () => {
    const twice = (city: string, again: string) =>
      api(world, 'PATCH', `${me.list}/${second}`, {
        token: me.token,
        body: `{"data":{"type":"addresses","attributes":{"city":"${city}","city":"${again}"}}}`,
      });

    expect(errorsOf(await twice('London', 'L'))).toEqual(['422/901']);
    expect((await twice('L', 'London')).json.data.attributes.city).toBe('London');
  });
});

describe('text', () => {
  test.for(texts)('that PostgreSQL cannot hold is a violation of %s and writes nothing', async (name) => {
    const before = await rows();
    for (const value of ['a\0b', '\ud800', '\udc00ab', 'ab\ud83d']) {
      for (const answer of [
        await send('POST', me.list, { ...valid, [name]: value }),
        await send('PATCH', `${me.list}/${first}`, { [name]: value }),
      ]) {
        expect(answer.status).toBe(422);
        expect(answer.json.errors).toEqual([
          { detail: expect.stringMatching(`^${name} => `), status: 422, code: '901' },
        ]);
      }
    }
    expect(await rows()).toEqual(before);
  });

  test.for(['\u202e', '\ufeff', '\uffff', '<b>&"\'', 'e\u0301', '\u0001\u001f\u007f', '\\0 \\u0000 %00', "';--"])(
    '%j comes back as it was sent',
    async (piece) => {
      const strange = Object.fromEntries(
        ['firstName', 'lastName', 'address1', 'address2', 'address3', 'city', 'company', 'phone'].map((name) => [
          name,
          `x${piece}y`,
        ]),
      );

      const { json } = await send('POST', me.list, { ...valid, ...strange });

      expect(json.data.attributes).toMatchObject(strange);
      expect((await api(world, 'GET', `${me.list}/${json.data.id}`, { token: me.token })).json).toEqual(json);
    },
  );

  test.for(texts)('of any length in %s is refused or stored, never a failure', async (name) => {
    for (const length of [256, 10_000, 500_000]) {
      const { status } = await send('POST', me.list, { ...valid, [name]: 'x'.repeat(length) });
      expect([201, 413, 422]).toContain(status);
    }
  });
});

test.for(['[]', '[{"city":"Evil"}]', '{"0":{"city":"Evil"}}'])('attributes %s change nothing', async (attributes) => {
  const before = await rows();

  const { status } = await api(world, 'PATCH', `${me.list}/${second}`, {
    token: me.token,
    body: `{"data":{"type":"addresses","attributes":${attributes}}}`,
  });

  expect([200, 400]).toContain(status);
  expect(await rows()).toEqual(before);
});
