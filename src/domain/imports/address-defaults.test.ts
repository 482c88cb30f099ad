import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useAddressImports } from '../../../test/imports.ts';

const world = useApp();
const { loadLines, customers, customer, addresses, stored } = useAddressImports(world);
/** Streets of the default addresses for shipping and billing. */
const defaults = async (reference: string) => {
  const all = await stored(reference);
  return [
    all.filter(({ isDefaultShipping }) => isDefaultShipping).map(({ address1 }) => address1),
    all.filter(({ isDefaultBilling }) => isDefaultBilling).map(({ address1 }) => address1),
  ];
};

test('the first address of a customer is the default for everything, and again nothing changes', async () => {
  const reference = await customer();
  const file = ['Torstraße', 'Linienstraße'].map((address1) => ({ customer_reference: reference, address1 }));
  await addresses(...file);

  expect(await defaults(reference)).toEqual([['Torstraße'], ['Torstraße']]);
  expect(await addresses(...file)).toMatchObject({ unchanged: 2 });
  expect(await defaults(reference)).toEqual([['Torstraße'], ['Torstraße']]);
});

test('a flag chooses the default, for shipping and for billing apart', async () => {
  const reference = await customer();
  const file = [
    { address1: 'A' },
    { address1: 'B', is_default_shipping: 'true', is_default_billing: 'false' },
    { address1: 'C', is_default_shipping: '0', is_default_billing: '1' },
  ].map((cells) => ({ customer_reference: reference, ...cells }));

  expect(await addresses(...file)).toMatchObject({ created: 3 });
  expect(await defaults(reference)).toEqual([['B'], ['C']]);
  expect(await addresses(...file)).toMatchObject({ unchanged: 3 });
  expect(await defaults(reference)).toEqual([['B'], ['C']]);
});

test('of several flags for one customer the last counts, again and again', async () => {
  const [one = '', other = ''] = await customers(2);
  const file = [one, other, one, other].map((customer_reference, at) => ({
    customer_reference,
    address1: String(at),
    is_default_shipping: 'true',
    is_default_billing: at < 2 ? 'true' : '',
  }));

  for (const expected of [{ created: 4 }, { unchanged: 4 }]) {
    expect(await addresses(...file)).toMatchObject(expected);
    expect([await defaults(one), await defaults(other)]).toEqual([
      [['2'], ['0']],
      [['3'], ['1']],
    ]);
  }
});

test('a flag takes the default from the address that is there, and no flag leaves it', async () => {
  const reference = await customer();
  const row = (address1: string, is_default_shipping = '') => ({
    customer_reference: reference,
    address1,
    is_default_shipping,
  });
  await addresses(row('A'));

  await addresses(row('B', 'true'));
  expect(await defaults(reference)).toEqual([['B'], ['A']]);

  await addresses(row('C', 'false'), row('B', 'false'));
  expect(await defaults(reference)).toEqual([['B'], ['A']]);
});

test('an address that only becomes the default is updated, not unchanged', async () => {
  const reference = await customer();
  const row = (is_default_shipping: string) => ({ customer_reference: reference, address1: 'B', is_default_shipping });
  await addresses({ customer_reference: reference, address1: 'A' }, row(''));

  const report = await addresses(row('true'));

  expect(await defaults(reference)).toEqual([['B'], ['A']]);
  expect(report).toMatchObject({ updated: 1, unchanged: 0 });
});

test('where nobody is the default, the oldest address of whoever the file is about becomes it', async () => {
  const reference = await customer();
  const row = (address1: string) => ({ customer_reference: reference, address1 });
  await addresses(row('A'), row('B'));
  await world.sql(
    `update customer_address a set is_default_shipping = false from customer c where c.id = a.customer_id and c.reference = $1`,
    [reference],
  );

  await addresses(row('B'));

  expect(await defaults(reference)).toEqual([['A'], ['A']]);
});

test('thousands of addresses over several chunks: one default each, and again nothing changes', async () => {
  const references = await customers(1_100);
  const names = 'customer_reference,first_name,last_name,address1,zip_code,city,country_iso2_code,is_default_shipping';
  const file = Array.from({ length: 6 }, (_, round) =>
    references.map((reference) => `${reference},Ida,Noor,Street ${round},10119,Berlin,DE,${round === 5}`),
  ).flat();
  const summary = () =>
    world.sql(
      `select address1, is_default_shipping, is_default_billing, count(*)::int as n, max(a.updated_at) as touched
      from customer_address a join customer c on c.id = a.customer_id where c.reference = any($1) group by 1, 2, 3 order by 1`,
      [references],
    );

  expect(await loadLines('customer-address', names, ...file)).toMatchObject({ created: 6_600, rejected: 0 });

  const before = await summary();
  expect(before).toMatchObject(
    [0, 1, 2, 3, 4, 5].map((round) => ({
      address1: `Street ${round}`,
      is_default_shipping: round === 5,
      is_default_billing: round === 0,
      n: 1_100,
    })),
  );
  expect(await loadLines('customer-address', names, ...file)).toMatchObject({
    created: 0,
    updated: 0,
    unchanged: 6_600,
  });
  expect(await summary()).toEqual(before);
});
