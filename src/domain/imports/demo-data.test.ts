import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { importFile } from '../../../test/imports.ts';
import { companyUserAtLogIn } from '../companies/index.ts';
import { customerByReference } from '../customers/index.ts';
import { readManifest } from './index.ts';

const world = useApp();
const demo = (name: string) => fileURLToPath(new URL(`../../../demo/${name}`, import.meta.url));
const PASSWORD = 'Demo-Shopper-2026';

/** Everything in demo/full.yml, by entity. */
async function importDemo() {
  const reports: Record<string, Awaited<ReturnType<typeof importFile>>> = {};
  for (const { importer, file } of (await readManifest(demo('full.yml'))).actions)
    reports[importer.entity] = await importFile(world, importer.entity, file);
  return reports;
}

/** Cells of a file without quotes, by column. */
function rowsOf(name: string) {
  const [header = '', ...lines] = readFileSync(demo(name), 'utf8').trim().split(/\r?\n/);
  const columns = header.split(',');
  return lines.map((line): Record<string, string> => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

const companyUsers = [...rowsOf('company_user.csv'), ...rowsOf('company_user_on_behalf.csv')];
const usable = new Set(
  rowsOf('company.csv')
    .filter(({ is_active, status }) => is_active === 'true' && status === 'approved')
    .map(({ key }) => key),
);

const get = async (email: string, path: string) =>
  api(world, 'GET', path, { token: (await logIn(world, email, PASSWORD)).accessToken });
const emailOf = async (reference: string) => (await customerByReference(world.app.db, reference))?.email ?? '';

/** A digest of every table that the demo fills. */
async function everything() {
  const tables = [
    'customer',
    'customer_address',
    'company',
    'company_business_unit',
    'company_unit_address',
    'company_user',
    'company_user_role',
    'company_role',
    'company_role_permission',
    'sales_order',
    'sales_order_item',
  ];
  const digests = tables.map((table) => `(select md5(string_agg(t::text, '' order by t::text)) from ${table} t)`);
  return world.sql(`select ${digests.map((digest, at) => `${digest} as "${tables[at]}"`).join(', ')}`);
}

let first: Awaited<ReturnType<typeof importDemo>>;
beforeAll(async () => {
  first = await importDemo();
});

test('every row of the demo goes in, and a second time nothing changes', async () => {
  expect(Object.keys(first)).toHaveLength(16);
  expect(Object.entries(first).filter(([, { rows, rejected }]) => rows === 0 || rejected > 0)).toEqual([]);
  const before = await everything();

  for (const [entity, report] of Object.entries(await importDemo()))
    expect([entity, report]).toMatchObject([entity, { created: 0, updated: 0, rejected: 0 }]);
  expect(await everything()).toEqual(before);
});

test('whoever works for a company of the demo begins a log-in with it, where it may be acted for', async () => {
  for (const reference of new Set(companyUsers.map(({ customer_reference }) => customer_reference ?? ''))) {
    const customer = await customerByReference(world.app.db, reference);
    const isExpected = companyUsers.some(
      ({ customer_reference, company_key }) => customer_reference === reference && usable.has(company_key ?? ''),
    );
    const acting = await companyUserAtLogIn(world.app.db, customer?.id ?? '');
    expect([reference, acting !== undefined]).toEqual([reference, isExpected]);
  }
});

test.for([...usable])('an administrator of %s finds every colleague', async (company) => {
  const wanted = companyUsers
    .filter(({ company_key }) => company_key === company)
    .map(({ customer_reference }) => customer_reference);
  const admin = rowsOf('company_user_role.csv').find(({ company_role_key }) => company_role_key === `${company}_Admin`);
  const reference = companyUsers.find(({ company_user_key }) => company_user_key === admin?.['company_user_key']);

  const answer = await get(await emailOf(reference?.['customer_reference'] ?? ''), '/company-users?include=customers');

  expect(answer.status).toBe(200);
  const found = answer.json.data.map(
    ({ relationships }: { relationships: { customers: { data: { id: string }[] } } }) =>
      relationships.customers.data[0]?.id,
  );
  expect(found).toHaveLength(wanted.length);
  expect(new Set(found)).toEqual(new Set(wanted));
});

test('a demo customer logs in and sees addresses and orders', async () => {
  const email = await emailOf('DEMO--1');

  const answer = await get(email, '/customers/DEMO--1?include=addresses');
  expect(answer.json.included.map(({ type }: { type: string }) => type)).toContain('addresses');
  const orders = await get(email, '/orders');
  expect(orders.status).toBe(200);
  expect(orders.json.data).toHaveLength(
    Number(
      (
        await world.sql(`select count(*) n from sales_order where customer_reference = 'DEMO--1' and not is_hidden`)
      )[0]?.['n'],
    ),
  );
});
