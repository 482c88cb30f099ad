import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { anonymizeCustomer, customerByReference } from '../customers/index.ts';
import { useAddressImports } from '../../../test/imports.ts';

const world = useApp();
const { customers, customer, addresses, stored } = useAddressImports(world);
const US = { country_iso2_code: 'US', city: 'Portland' };

test('rows follow the form of their country, and are refused alone', async () => {
  const reference = await customer();
  const rows: [cells: Record<string, string>, ...problems: string[]][] = [
    [{}],
    [{ zip_code: '' }, 'zip_code is empty, which addresses in DE need'],
    [{ zip_code: 'D-10119' }, 'zip_code is no postcode in DE, as 26133 is one'],
    [
      { city: '', address1: '' },
      'address1 is empty, which addresses in DE need',
      'city is empty, which addresses in DE need',
    ],
    [{ first_name: '' }, 'first_name is empty'],
    [{ last_name: ' ' }, 'last_name is empty'],
    [{ country_iso2_code: '' }, 'country_iso2_code is empty'],
    [{ country_iso2_code: 'XX' }, 'country_iso2_code is no country, as ISO 3166 has them: DE'],
    [{ country_iso2_code: 'DEU' }, 'country_iso2_code is no country, as ISO 3166 has them: DE'],
    [{ country_iso2_code: 'UK' }, 'country_iso2_code is no country, as ISO 3166 has them: DE'],
    [{ country_iso2_code: 'ſk' }, 'country_iso2_code is no country, as ISO 3166 has them: DE'],
    [{ country_iso2_code: 'de', address1: 'Linienstraße' }],
    [{ ...US, zip_code: '97201', region: 'OR' }],
    [{ ...US, zip_code: '97201', region: 'oregon', address1: 'Alder Street' }],
    [{ ...US, zip_code: '97201-1234', region: 'OR', address1: 'Oak Street' }],
    [{ ...US, zip_code: '97201' }, 'region is empty, which addresses in US need'],
    [{ ...US, zip_code: '97201', region: 'Bavaria' }, 'region is no region in US'],
    [{ ...US, zip_code: '1', region: 'OR' }, 'zip_code is no postcode in US, as 95014 is one'],
    [{ country_iso2_code: 'IE', city: 'Dublin', zip_code: '' }],
    [{ country_iso2_code: 'JP', city: '', region: 'Tokyo', zip_code: '100-0001' }],
    [{ salutation: 'Herr' }, 'salutation is none of Mr, Mrs, Ms, Dr, n/a'],
    [{ first_name: 'x'.repeat(101) }, 'first_name is longer than 100 characters'],
    [{ comment: 'x'.repeat(256) }, 'comment is longer than 255 characters'],
    [{ is_default_shipping: 'perhaps' }, 'is_default_shipping is neither true nor false'],
    [{ uuid: '12345' }, 'uuid is no UUID'],
    [{ customer_reference: '' }, 'customer_reference is empty'],
    [{ customer_reference: 'A--999' }, 'customer_reference names no customer'],
  ];

  const report = await addresses(...rows.map(([cells]) => ({ customer_reference: reference, ...cells })));

  expect(report.rejections).toEqual(rows.flatMap(([, ...problems], at) => problems.map((text) => `${at + 2} ${text}`)));
  const good = rows.filter(([, ...problems]) => problems.length === 0).length;
  expect(report).toMatchObject({ created: good, updated: 0, unchanged: 0, rejected: rows.length - good });
  expect(await stored(reference)).toHaveLength(good);
});

test('every cell is kept', async () => {
  const reference = await customer();
  const cells = { salutation: 'Ms', company: 'Noor AG', address3: '2. OG', phone: '030 1', comment: 'Ring twice' };
  await addresses({ customer_reference: reference, ...cells, ...US, zip_code: '97201', region: 'OR' });

  expect(await stored(reference)).toMatchObject([
    {
      ...cells,
      firstName: 'Ida',
      lastName: 'Noor',
      address1: 'Torstraße',
      address2: '1',
      zipCode: '97201',
      city: 'Portland',
      region: 'OR',
      country: 'US',
    },
  ]);
});

test('known by its key, an address that comes again is the same, whatever it says', async () => {
  const reference = await customer();
  const file = ['home', 'office'].map((address_key) => ({ customer_reference: reference, address_key }));
  expect(await addresses(...file)).toMatchObject({ created: 2 });
  const before = await stored(reference);
  expect(await addresses(...file)).toMatchObject({ unchanged: 2 });
  expect(await stored(reference)).toEqual(before);

  const moved = file.with(0, { customer_reference: reference, address_key: 'home', address1: 'Linienstraße' } as never);
  expect(await addresses(...moved)).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
  expect((await stored(reference)).map(({ id, address1 }) => [id, address1])).toEqual(
    before.map(({ id }, at) => [id, at === 0 ? 'Linienstraße' : 'Torstraße']),
  );
});

test('known by its uuid, which it keeps', async () => {
  const reference = await customer();
  const uuid = randomUUID();
  await addresses({ customer_reference: reference, uuid: uuid.toUpperCase() });

  const again = { customer_reference: reference, uuid, address1: 'Linienstraße' };
  expect(await addresses(again)).toMatchObject({ created: 0, updated: 1 });
  expect(await addresses(again)).toMatchObject({ unchanged: 1 });
  expect(await stored(reference)).toMatchObject([{ id: uuid, address1: 'Linienstraße' }]);
});

test('known by its content alone; a phone number or a salutation is none of it', async () => {
  const reference = await customer();
  await addresses({ customer_reference: reference }, { customer_reference: reference, address2: '2' });

  expect(await addresses({ customer_reference: reference })).toMatchObject({ unchanged: 1 });
  expect(await addresses({ customer_reference: reference, phone: '030 1', salutation: 'Ms' })).toMatchObject({
    updated: 1,
  });
  expect(await addresses({ customer_reference: reference, phone: '030 1', salutation: 'Ms' })).toMatchObject({
    unchanged: 1,
  });
  expect(await stored(reference)).toHaveLength(2);
});

test('known by its content alone, a country in small letters is the same country', async () => {
  const reference = await customer();
  await addresses({ customer_reference: reference });

  expect(await addresses({ customer_reference: reference, country_iso2_code: 'de' })).toMatchObject({ unchanged: 1 });
});

test('the same address of two customers is two addresses', async () => {
  const [one = '', other = ''] = await customers(2);
  const file = [one, other].map((customer_reference) => ({ customer_reference, address_key: 'home' }));

  expect(await addresses(...file)).toMatchObject({ created: 2 });
  expect([await stored(one), await stored(other)].map(({ length }) => length)).toEqual([1, 1]);
});

test('a row that comes twice in a file counts as it comes last', async () => {
  const reference = await customer();
  const row = (phone: string) => ({ customer_reference: reference, address_key: 'home', phone });

  expect(await addresses(row('1'), row('2'))).toMatchObject({ created: 1, updated: 0, rejections: [] });
  expect(await stored(reference)).toMatchObject([{ phone: '2' }]);
});

test('the columns a file does not have stay as they are', async () => {
  const reference = await customer();
  const row = { customer_reference: reference, address_key: 'home' };
  await addresses({ ...row, phone: '030 1', comment: 'Ring twice', company: 'Noor AG' });

  expect(await addresses(row)).toMatchObject({ unchanged: 1 });
  expect(await stored(reference)).toMatchObject([{ phone: '030 1', comment: 'Ring twice', company: 'Noor AG' }]);
});

test('a customer who was anonymized gets no address', async () => {
  const reference = await customer();
  await addresses({ customer_reference: reference });
  const { id = '' } = (await customerByReference(world.app.db, reference)) ?? {};
  await anonymizeCustomer(world.app, id);

  expect((await addresses({ customer_reference: reference })).rejections).toEqual([
    '2 customer_reference names no customer',
  ]);
  expect(await world.sql('select * from customer_address where customer_id = $1', [id])).toEqual([]);
});
