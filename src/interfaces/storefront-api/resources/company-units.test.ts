import { describe, expect, test } from 'vitest';
import { api, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { company, companyUser, unit, unitAddress } from '../../../../test/companies.ts';

const world = useApp();

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const get = (path: string, token: string) => api(world, 'GET', path, { token });

/** Somebody who works for a company of their own. */
async function worker(options: Parameters<typeof companyUser>[3] = {}) {
  const [customer, at] = [await activeCustomer(world), await company(world)];
  const userId = await companyUser(world, customer, at, options);
  return { ...customer, company: at, userId, token: (await logIn(world, customer.email)).accessToken };
}

const sorted = (objects: { type: string; id: string; attributes: unknown; links: unknown }[]) =>
  objects.toSorted((one, other) => `${one.type} ${one.id}`.localeCompare(`${other.type} ${other.id}`));

const bare = { address3: null, phone: null, comment: null };
const berlin = { address1: 'Kirncher Str.', address2: '7', city: 'Berlin', zipCode: '10247', iso2Code: 'DE', ...bare };

describe('GET /company-business-units', () => {
  test('an id answers any unit of the own company, with all there is to say of it', async () => {
    const { token, company: own } = await worker();
    const details = {
      email: 'unit@example.org',
      phone: '030 1',
      externalUrl: 'https://u.example',
      bic: 'B',
      iban: 'I',
    };
    const id = await unit(world, own.id, { name: 'Sales', parentId: own.unitId, ...details });

    const answer = await get(`/company-business-units/${id}?x=1`, token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: {
        type: 'company-business-units',
        id,
        attributes: { name: 'Sales', ...details, defaultBillingAddress: null },
        links: { self: `http://shop.test/company-business-units/${id}?x=1` },
      },
    });
  });

  test('mine answers the unit of the company user as a list of one', async () => {
    const { token, company: own } = await worker();

    const answer = await get('/company-business-units/mine', token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: [
        {
          type: 'company-business-units',
          id: own.unitId,
          attributes: {
            name: 'Headquarters',
            email: null,
            phone: null,
            externalUrl: null,
            bic: null,
            iban: null,
            defaultBillingAddress: own.addressId,
          },
          links: { self: `http://shop.test/company-business-units/${own.unitId}` },
        },
      ],
      links: { self: 'http://shop.test/company-business-units/mine' },
    });
  });

  test('mine of a company user without a unit is not found', async () => {
    const { token } = await worker({ unitId: null });
    const answer = await get('/company-business-units/mine', token);
    expect(answer.text).toBe('{"errors":[{"detail":"Company business unit not found.","status":404,"code":"1901"}]}');
  });

  test('one of another company, an unknown and a garbled id are not found alike', async () => {
    const { token, company: own } = await worker();
    const other = await company(world);
    for (const id of [other.unitId, own.id, own.addressId, UNKNOWN, 'garbage', '%00', '%27']) {
      const answer = await get(`/company-business-units/${id}`, token);
      expect([id, answer.status, answer.text]).toEqual([
        id,
        404,
        '{"errors":[{"detail":"Company business unit not found.","status":404,"code":"1901"}]}',
      ]);
    }
  });

  test.for(['one', 'mine'])('include brings the company and the addresses of %s', async (which) => {
    const { token, company: own } = await worker();
    const second = await unitAddress(world, own.id, { country: 'CH', address1: 'Gasse', comment: 'Bell' });
    await world.sql('insert into company_business_unit_address (company_id, unit_id, address_id) values ($1, $2, $3)', [
      own.id,
      own.unitId,
      second,
    ]);
    await unitAddress(world, own.id, { city: 'Nobody lives here' });
    const id = which === 'mine' ? 'mine' : own.unitId;

    const { status, json } = await get(
      `/company-business-units/${id}?include=companies,company-business-unit-addresses,customers,company-users,company-roles`,
      token,
    );

    expect(status).toBe(200);
    const main = which === 'mine' ? json.data[0] : json.data;
    expect(main.relationships).toEqual({
      companies: { data: [{ type: 'companies', id: own.id }] },
      'company-business-unit-addresses': {
        data: [own.addressId, second].map((id) => ({ type: 'company-business-unit-addresses', id })),
      },
    });
    expect(sorted(json.included)).toEqual(
      sorted([
        {
          type: 'companies',
          id: own.id,
          attributes: { isActive: true, name: own.name, status: 'approved' },
          links: { self: `http://shop.test/companies/${own.id}` },
        },
        {
          type: 'company-business-unit-addresses',
          id: own.addressId,
          attributes: berlin,
          links: { self: `http://shop.test/company-business-unit-addresses/${own.addressId}` },
        },
        {
          type: 'company-business-unit-addresses',
          id: second,
          attributes: { ...berlin, address1: 'Gasse', iso2Code: 'CH', comment: 'Bell' },
          links: { self: `http://shop.test/company-business-unit-addresses/${second}` },
        },
      ]),
    );
  });

  test('a unit without addresses has no such relationship; without include there is none at all', async () => {
    const { token, company: own } = await worker();
    const id = await unit(world, own.id);

    const included = await get(`/company-business-units/${id}?include=company-business-unit-addresses`, token);
    const plain = await get(`/company-business-units/${own.unitId}?include=`, token);

    for (const { json } of [included, plain]) {
      expect(Object.keys(json)).toEqual(['data']);
      expect(Object.keys(json.data)).toEqual(['type', 'id', 'attributes', 'links']);
    }
  });
});

describe('GET /company-business-unit-addresses', () => {
  test('an id answers an address of the own company, whichever unit has it', async () => {
    const { token, company: own } = await worker();
    const details = { address1: 'A', address2: 'B', address3: 'C', zipCode: '1', city: 'D', phone: '2', comment: 'E' };
    const id = await unitAddress(world, own.id, { ...details, country: 'AT' });

    const answer = await get(`/company-business-unit-addresses/${id}`, token);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: {
        type: 'company-business-unit-addresses',
        id,
        attributes: { ...details, iso2Code: 'AT' },
        links: { self: `http://shop.test/company-business-unit-addresses/${id}` },
      },
    });
  });

  test('mine, one of another company, an unknown and a garbled id are not found alike', async () => {
    const { token, company: own } = await worker();
    const other = await company(world);
    for (const id of ['mine', other.addressId, own.unitId, own.id, UNKNOWN, 'garbage', '%00']) {
      const answer = await get(`/company-business-unit-addresses/${id}?include=companies`, token);
      expect([id, answer.status, answer.text]).toEqual([
        id,
        404,
        '{"errors":[{"detail":"Company business unit address not found.","status":404,"code":"2001"}]}',
      ]);
    }
  });

  test('include brings nothing', async () => {
    const { token, company: own } = await worker();
    const { json } = await get(
      `/company-business-unit-addresses/${own.addressId}?include=companies,company-business-units,customers`,
      token,
    );
    expect(Object.keys(json)).toEqual(['data']);
    expect(json.data.attributes).toEqual(berlin);
  });
});
