import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { api, claimsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { importFile } from '../../../test/imports.ts';
import { importers } from './index.ts';

/** Files of the reference product as they are. */
const suite = fileURLToPath(new URL('../../../../shared/data/suite/', import.meta.url));

const importing = importers.filter(({ entity }) => entity === 'customer' || entity.startsWith('company'));

const world = useApp();

async function importSuite() {
  const reports: Record<string, Awaited<ReturnType<typeof importFile>>> = {};
  for (const importer of importing) {
    const file = `${suite}${importer.entity.replaceAll('-', '_')}.csv`;
    reports[importer.entity] = await importFile(world, importer.entity, file);
  }
  return reports;
}

/** A digest of every table that the files fill. */
const everything = () =>
  world.sql(
    `select ${['customer', 'company', 'company_unit_address', 'company_business_unit', 'company_business_unit_address', 'company_role', 'company_role_permission', 'company_user', 'company_user_role'].map((table) => `(select md5(string_agg(t::text, '' order by t::text)) from ${table} t) as ${table}`).join(', ')}`,
  );

describe.skipIf(!existsSync(suite))('the companies of the demo shop', () => {
  let token: string;
  let login: { accessToken: string; idCompanyUser?: string | null };
  let first: Awaited<ReturnType<typeof importSuite>>;
  let second: Awaited<ReturnType<typeof importSuite>>;
  const digests: unknown[] = [];
  const get = (path: string) => api(world, 'GET', path, { token });
  beforeAll(async () => {
    first = await importSuite();
    digests.push(await everything());
    second = await importSuite();
    digests.push(await everything());
    login = await logIn(world, 'andrew@ottom.de', 'change123');
    token = login.accessToken;
  });

  test('go in unchanged, and again nothing changes', () => {
    expect(Object.keys(first)).toHaveLength(13);
    expect(Object.fromEntries(Object.entries(first).map(([entity, { rows }]) => [entity, rows]))).toEqual({
      customer: 26,
      company: 13,
      'company-unit-address': 17,
      'company-unit-address-label': 2,
      'company-unit-address-label-relation': 3,
      'company-business-unit': 34,
      'company-business-unit-address': 17,
      'company-user': 21,
      'company-business-unit-user': 21,
      'company-role': 21,
      'company-role-permission': 177,
      'company-user-role': 24,
      'company-user-on-behalf': 7,
    });
    expect(Object.entries(first).filter(([, { rejected }]) => rejected > 0)).toEqual([]);

    for (const [entity, report] of Object.entries(second))
      expect([entity, report]).toMatchObject([entity, { created: 0, rejected: 0 }]);
    expect(digests[1]).toEqual(digests[0]);
  });

  // company.csv has test-company twice, with two names.
  test('a company that stands twice in its file is not renamed to and fro by the second run', () => {
    expect(second['company']).toMatchObject({ updated: 0, unchanged: 13 });
  });

  test('a log-in begins with the only company user', () => {
    const { idCompanyUser, accessToken } = login;
    expect(idCompanyUser).toMatch(/^[0-9a-f-]{36}$/);
    expect(claimsOf(accessToken).sub).toMatchObject({ customer_reference: 'DE--8', id_company_user: idCompanyUser });
  });

  test('/company-users answers 8 colleagues with everything that is included', async () => {
    const answer = await get('/company-users?include=customers,company-roles,company-business-units');

    expect(answer.status).toBe(200);
    expect(answer.json.data).toHaveLength(8);
    const included = (type: string) =>
      answer.json.included.filter((one: { type: string }) => one.type === type) as {
        id: string;
        attributes: { name: string };
      }[];
    expect(
      included('customers')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['DE--10', 'DE--11', 'DE--12', 'DE--13', 'DE--30', 'DE--32', 'DE--8', 'DE--9']);
    expect(
      included('company-roles')
        .map(({ attributes }) => attributes.name)
        .toSorted(),
    ).toEqual(['Admin', 'Approver', 'Buyer', 'Buyer With Limit']);
    expect(
      included('company-business-units')
        .map(({ attributes }) => attributes.name)
        .toSorted(),
    ).toEqual([
      'Ottom HQ',
      'Ottom store Berlin',
      'Ottom store London',
      'Ottom store Oslo',
      'Sales department',
      'Supplier deparment',
    ]);
    const own = answer.json.data.find(({ id }: { id: string }) => id === login.idCompanyUser);
    expect(own.relationships['company-roles'].data).toHaveLength(2);
    expect(own.attributes).toEqual({ isActive: true, isDefault: false });
  });

  test.for<[path: string, ...attributes: object[]]>([
    ['/companies/mine', { name: 'Ottom ltd', isActive: true, status: 'approved' }],
    [
      '/company-business-units/mine',
      {
        name: 'Ottom HQ',
        email: 'Ottom_HQ@ottom.com',
        phone: '4908892450',
        externalUrl: '',
        bic: '',
        iban: '',
        defaultBillingAddress: null,
      },
    ],
    ['/company-roles/mine', { name: 'Admin', isDefault: false }, { name: 'Buyer', isDefault: true }],
    ['/company-users/mine', { isActive: true, isDefault: false }],
  ])('%s', async ([path, ...attributes]) => {
    const answer = await get(path);

    expect(answer.status).toBe(200);
    expect(answer.json.data.map((one: { attributes: object }) => one.attributes)).toEqual(attributes);
  });

  test('the address of a unit is included, with its country', async () => {
    const answer = await get('/company-business-units/mine?include=company-business-unit-addresses');

    expect(answer.json.included.map((one: { attributes: object }) => one.attributes)).toEqual([
      {
        address1: 'Seeburger Str.',
        address2: '270',
        address3: 'Block B',
        zipCode: '10115',
        city: 'Berlin',
        phone: '4908892450',
        iso2Code: 'DE',
        comment: 'HQ',
      },
    ]);
  });

  test('whoever may not see colleagues does not', async () => {
    const { accessToken } = await logIn(world, await emailOf('DE--9'), 'change123');
    const answer = await api(world, 'GET', '/company-users', { token: accessToken });

    expect([answer.status, answer.json.errors[0].code]).toEqual([403, '1405']);
  });

  test('whoever works for several companies begins with none and chooses', async () => {
    const email = await emailOf('DE--7');
    const { accessToken, idCompanyUser } = (await logIn(world, email, 'change123')) as typeof login;
    expect(idCompanyUser).toBeNull();

    const mine = await api(world, 'GET', '/company-users/mine?include=companies', { token: accessToken });
    expect(mine.json.data).toHaveLength(4);
    expect(new Set(mine.json.included.map((one: { attributes: { name: string } }) => one.attributes.name)).size).toBe(
      4,
    );
    const chosen = await api(world, 'POST', '/company-user-access-tokens', {
      token: accessToken,
      attributes: { idCompanyUser: mine.json.data[0].id },
    });
    expect(chosen.status).toBe(201);
  });

  const emailOf = async (reference: string) =>
    String((await world.sql('select email from customer where reference = $1', [reference]))[0]?.['email']);
});
