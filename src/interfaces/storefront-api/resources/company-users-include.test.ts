import { expect, test } from 'vitest';
import { api, type ApiAnswer, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { company, companyUser, role, unit } from '../../../../test/companies.ts';

const world = useApp();

const get = (path: string, token: string) => api(world, 'GET', path, { token });
const data = (type: string, ...ids: string[]) => ({ data: ids.map((id) => ({ type, id })) });
const ALL = 'customers,companies,company-business-units,company-roles';

interface Named {
  type: string;
  id: string;
}
const sorted = (objects: Named[]) =>
  objects.toSorted((one, other) => `${one.type} ${one.id}`.localeCompare(`${other.type} ${other.id}`));
const relationshipsOf = ({ json }: ApiAnswer): [id: string, relationships: unknown][] =>
  json.data.map(({ id, relationships }: { id: string; relationships: unknown }) => [id, relationships]);

/** A company of three: at headquarters, in sales with two roles, and nowhere with none. */
async function three() {
  const people = [await activeCustomer(world), await activeCustomer(world, { firstName: 'Lea' })] as const;
  const nowhere = await activeCustomer(world);
  const at = await company(world);
  const [salesId, buyerId] = [await unit(world, at.id, { name: 'Sales' }), await role(world, at.id)];
  const first = await companyUser(world, people[0], at);
  const second = await companyUser(world, people[1], at, { unitId: salesId, roles: [at.roleId, buyerId] });
  const third = await companyUser(world, nowhere, at, { unitId: null, roles: [] });
  const { accessToken: token } = await logIn(world, people[0].email);
  return { at, people: [...people, nowhere] as const, salesId, buyerId, first, second, third, token };
}

test('all four at once, each object once, and nothing further of what is included', async () => {
  const { at, people, salesId, buyerId, first, second, third, token } = await three();
  const [ida, lea, nowhere] = people;

  const answer = await get(
    `/company-users?include=${ALL},wishlists,company-users,company-business-unit-addresses,orders`,
    token,
  );

  expect(answer.status).toBe(200);
  const companies = data('companies', at.id);
  expect(relationshipsOf(answer)).toEqual([
    [
      first,
      {
        customers: data('customers', ida.reference),
        companies,
        'company-business-units': data('company-business-units', at.unitId),
        'company-roles': data('company-roles', at.roleId),
      },
    ],
    [
      second,
      {
        customers: data('customers', lea.reference),
        companies,
        'company-business-units': data('company-business-units', salesId),
        'company-roles': data('company-roles', at.roleId, buyerId),
      },
    ],
    [third, { customers: data('customers', nowhere.reference), companies }],
  ]);

  const shown = (type: string, id: string, attributes: unknown) => ({
    type,
    id,
    attributes,
    links: { self: `http://shop.test/${type}/${id}` },
  });
  const unitOf = (id: string, name: string, defaultBillingAddress: string | null) =>
    shown('company-business-units', id, {
      name,
      email: null,
      phone: null,
      externalUrl: null,
      bic: null,
      iban: null,
      defaultBillingAddress,
    });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  expect(sorted(answer.json.included)).toEqual(
    sorted([
      ...people.map(({ reference, email, firstName }) =>
        shown('customers', reference, {
          salutation: 'Ms',
          firstName,
          lastName: 'Noor',
          gender: 'Female',
          dateOfBirth: null,
          email,
          password: null,
          confirmPassword: null,
          acceptedTerms: null,
          createdAt: time,
          updatedAt: time,
        }),
      ),
      shown('companies', at.id, { isActive: true, name: at.name, status: 'approved' }),
      unitOf(at.unitId, 'Headquarters', at.addressId),
      unitOf(salesId, 'Sales', null),
      shown('company-roles', at.roleId, { name: 'Admin', isDefault: true }),
      shown('company-roles', buyerId, { name: 'Buyer', isDefault: false }),
    ]),
  );
});

test.for(['customers', 'companies', 'company-business-units', 'company-roles'])(
  'include=%s brings that type alone',
  async (type) => {
    const { token, first } = await three();

    const { json } = await get(`/company-users/${first}?include=${type}`, token);

    expect(Object.keys(json.data.relationships)).toEqual([type]);
    expect(json.included.map((one: Named) => one.type)).toEqual([type]);
  },
);

test('addresses of a customer come with their own profile, and never with that of a company user', async () => {
  const { token, people, first } = await three();
  const [ida] = people;
  const attributes = {
    salutation: 'Ms',
    firstName: 'Ida',
    lastName: 'Noor',
    address1: 'Hidden Lane',
    address2: '1',
    city: 'Berlin',
    zipCode: '10247',
    iso2Code: 'DE',
    isDefaultShipping: true,
    isDefaultBilling: true,
  };
  const made = await api(world, 'POST', `/customers/${ida.reference}/addresses`, { token, attributes });
  expect(made.status).toBe(201);
  const own = await get(`/customers/${ida.reference}?include=addresses`, token);
  expect(own.json.data.relationships.addresses.data).toHaveLength(1);

  for (const path of ['/company-users', '/company-users/mine', `/company-users/${first}`]) {
    const answer = await get(`${path}?include=customers,addresses`, token);
    const [customer] = answer.json.included;
    expect(Object.keys(customer)).toEqual(['type', 'id', 'attributes', 'links']);
    expect(answer.text).not.toContain('Hidden Lane');
    expect(answer.text).not.toContain('"addresses"');
  }
});

test('mine includes each company where the customer works', async () => {
  const customer = await activeCustomer(world);
  const [one, two] = [await company(world), await company(world)];
  const ids = [await companyUser(world, customer, one), await companyUser(world, customer, two)];
  const { accessToken } = await logIn(world, customer.email);

  const answer = await get('/company-users/mine?include=companies,customers', accessToken);

  expect(relationshipsOf(answer)).toEqual(
    [one, two].map(({ id }, at) => [
      ids[at],
      { customers: data('customers', customer.reference), companies: data('companies', id) },
    ]),
  );
  expect(answer.json.included.map(({ id }: Named) => id).toSorted()).toEqual(
    [one.id, two.id, customer.reference].toSorted(),
  );
});

test('fields narrow main and included objects; without include there are no relationships', async () => {
  const { token, first } = await three();

  const narrow = await get(
    `/company-users/${first}?include=customers&fields[company-users]=isActive&fields[customers]=lastName`,
    token,
  );
  expect(narrow.json.data.attributes).toEqual({ isActive: true });
  expect(narrow.json.included[0].attributes).toEqual({ lastName: 'Noor' });

  for (const query of ['', '?include=', '?include=nonsense', '?include=company-users'])
    expect(Object.keys((await get(`/company-users/${first}${query}`, token)).json.data)).toEqual([
      'type',
      'id',
      'attributes',
      'links',
    ]);
});

test('a page includes what belongs to its own company users only', async () => {
  const { token, people, second } = await three();

  const answer = await get('/company-users?include=customers&page[offset]=1&page[limit]=1', token);

  expect(relationshipsOf(answer)).toEqual([[second, { customers: data('customers', people[1].reference) }]]);
  expect(answer.json.included).toHaveLength(1);
});
