import { expect, test } from 'vitest';
import { api, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { actAs, company, companyUser, role } from '../../../../test/companies.ts';

const world = useApp();

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const get = (path: string, token: string) => api(world, 'GET', path, { token });

/** Somebody who works for a company of their own, with these roles. */
async function worker(rolesOf?: (companyId: string, roleId: string) => Promise<string[]>) {
  const [customer, at] = [await activeCustomer(world), await company(world)];
  const roles = await rolesOf?.(at.id, at.roleId);
  await companyUser(world, customer, at, roles ? { roles } : {});
  return { ...customer, company: at, roles, token: (await logIn(world, customer.email)).accessToken };
}

const shown = (id: string, name: string, isDefault: boolean) => ({
  type: 'company-roles',
  id,
  attributes: { name, isDefault },
  links: { self: `http://shop.test/company-roles/${id}` },
});

test('an id answers any role of the own company, held or not, and needs no permission', async () => {
  const { token, company: own } = await worker(async (companyId) => [await role(world, companyId)]);

  const answer = await get(`/company-roles/${own.roleId}`, token);

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ data: shown(own.roleId, 'Admin', true) });
});

test('mine answers the roles of the company user, and no others of the company', async () => {
  const {
    token,
    company: own,
    roles,
  } = await worker(async (companyId, roleId) => [roleId, await role(world, companyId, { name: 'Buyer' })]);
  await role(world, own.id, { name: 'Approver' });

  const answer = await get('/company-roles/mine', token);

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    data: [shown(own.roleId, 'Admin', true), shown(roles?.[1] ?? '', 'Buyer', false)],
    links: { self: 'http://shop.test/company-roles/mine' },
  });
});

test('mine of a single role is a list all the same, and of none an empty one', async () => {
  const one = await worker();
  expect((await get('/company-roles/mine', one.token)).json.data).toEqual([shown(one.company.roleId, 'Admin', true)]);

  const none = await worker(() => Promise.resolve([]));
  const answer = await get('/company-roles/mine?include=companies', none.token);
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('{"data":[],"links":{"self":"http://shop.test/company-roles/mine?include=companies"}}');
});

test('mine answers those of the chosen company user, not of the customer', async () => {
  const customer = await activeCustomer(world);
  const [first, second] = [await company(world), await company(world)];
  await companyUser(world, customer, first);
  const chosen = await companyUser(world, customer, second);
  const { accessToken } = await actAs(world, customer, chosen);

  const { json } = await get('/company-roles/mine', accessToken);

  expect(json.data.map(({ id }: { id: string }) => id)).toEqual([second.roleId]);
});

test('include brings the company once, and nothing else', async () => {
  const {
    token,
    company: own,
    roles,
  } = await worker(async (companyId, roleId) => [roleId, await role(world, companyId)]);

  const { json } = await get('/company-roles/mine?include=companies,company-users,customers', token);

  expect(json.data.map(({ id, relationships }: { id: string; relationships: object }) => [id, relationships])).toEqual(
    roles?.map((id) => [id, { companies: { data: [{ type: 'companies', id: own.id }] } }]),
  );
  expect(json.included).toEqual([
    {
      type: 'companies',
      id: own.id,
      attributes: { isActive: true, name: own.name, status: 'approved' },
      links: { self: `http://shop.test/companies/${own.id}` },
    },
  ]);
});

test('one of another company, an unknown and a garbled id are not found alike', async () => {
  const { token, company: own } = await worker();
  const other = await company(world);
  for (const id of [other.roleId, own.id, own.unitId, UNKNOWN, 'garbage', '%00', 'Admin']) {
    const answer = await get(`/company-roles/${id}?include=companies`, token);
    expect([id, answer.status, answer.text]).toEqual([
      id,
      404,
      '{"errors":[{"detail":"Company role not found.","status":404,"code":"2101"}]}',
    ]);
  }
});

test('permissions of a role are shown nowhere', async () => {
  const { token, company: own } = await worker();
  for (const path of ['/company-roles/mine', `/company-roles/${own.roleId}`, '/company-users?include=company-roles'])
    expect((await get(path, token)).text).not.toMatch(/permission/i);
});
