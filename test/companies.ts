import { newId } from '../src/platform/id.ts';
import { api, errorsOf, loggedIn, logIn } from './api.ts';
import type { World } from './app.ts';

/** The permission to see one's colleagues. */
export const SEE_COMPANY_USERS = 'SeeCompanyUsersPermissionPlugin';

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Inserts a row as it is, past every rule but the database's own. */
export async function insert(world: World, table: string, row: object): Promise<void> {
  const names = Object.keys(row).map(snake);
  const values = names.map((_, at) => `$${at + 1}`);
  await world.sql(`insert into ${table} (${names.join(', ')}) values (${values.join(', ')})`, Object.values(row));
}

async function made<Row extends object>(world: World, table: string, row: Row): Promise<Row & { id: string }> {
  const whole = { id: newId(), ...row };
  await insert(world, table, whole);
  return whole;
}

export interface TestCompany {
  id: string;
  name: string;
  /** Its headquarters. */
  unitId: string;
  /** The default billing address of the headquarters. */
  addressId: string;
  /** Its default role, which may see colleagues. */
  roleId: string;
}

let count = 0;

/** A company people can work for, with headquarters, their address, and a role that may see colleagues. */
export async function company(
  world: World,
  details: { name?: string; isActive?: boolean; status?: 'pending' | 'approved' | 'denied' } = {},
): Promise<TestCompany> {
  count += 1;
  const now = world.now;
  const { id, name } = await made(world, 'company', {
    name: `Spindle & Sons ${count}`,
    isActive: true,
    status: 'approved',
    createdAt: now,
    updatedAt: now,
    ...details,
  });
  const addressId = await unitAddress(world, id);
  const unitId = await unit(world, id, { defaultBillingAddressId: addressId, addresses: [addressId] });
  const roleId = await role(world, id, { name: 'Admin', isDefault: true, permissions: [SEE_COMPANY_USERS] });
  return { id, name, unitId, addressId, roleId };
}

/** A business unit with the addresses given. */
export async function unit(
  world: World,
  companyId: string,
  { addresses = [], ...details }: Record<string, unknown> & { addresses?: readonly string[] } = {},
): Promise<string> {
  const { id } = await made(world, 'company_business_unit', { companyId, name: 'Headquarters', ...details });
  for (const addressId of addresses)
    await insert(world, 'company_business_unit_address', { companyId, unitId: id, addressId });
  return id;
}

export const unitAddress = async (world: World, companyId: string, details: object = {}): Promise<string> =>
  (
    await made(world, 'company_unit_address', {
      companyId,
      country: 'DE',
      address1: 'Kirncher Str.',
      address2: '7',
      city: 'Berlin',
      zipCode: '10247',
      ...details,
    })
  ).id;

/** A role with the permissions given; none by default. */
export async function role(
  world: World,
  companyId: string,
  { permissions = [], ...details }: { name?: string; isDefault?: boolean; permissions?: readonly string[] } = {},
): Promise<string> {
  const { id } = await made(world, 'company_role', { companyId, name: 'Buyer', isDefault: false, ...details });
  for (const permission of permissions) await insert(world, 'company_role_permission', { roleId: id, permission });
  return id;
}

/** Lets a customer work for a company: at its headquarters with its default role, unless said otherwise. */
export async function companyUser(
  world: World,
  customer: { id: string },
  company: Pick<TestCompany, 'id' | 'unitId' | 'roleId'>,
  {
    unitId = company.unitId,
    roles = [company.roleId],
    isActive = true,
    isDefault = false,
  }: { unitId?: string | null; roles?: readonly string[]; isActive?: boolean; isDefault?: boolean } = {},
): Promise<string> {
  const { id } = await made(world, 'company_user', {
    companyId: company.id,
    customerId: customer.id,
    unitId,
    isActive,
    isDefault,
    createdAt: world.now,
  });
  for (const roleId of roles) await insert(world, 'company_user_role', { companyId: company.id, userId: id, roleId });
  return id;
}

/** The access token with which a customer acts as one of their company users. */
export async function actAs(
  world: World,
  { email }: { email: string },
  idCompanyUser: string,
): Promise<{ accessToken: string; refreshToken: string }> {
  const { accessToken: token } = await logIn(world, email);
  const { status, text, json } = await api(world, 'POST', '/company-user-access-tokens', {
    token,
    attributes: { idCompanyUser },
  });
  if (status !== 201) throw new Error(`choosing a company user answered ${status}: ${text}`);
  return json.data.attributes;
}

/** Somebody who works for two companies and is logged in for neither. */
export async function commuter(world: World) {
  const customer = await loggedIn(world);
  const [first, second] = [await company(world), await company(world)];
  const [one, two] = [await companyUser(world, customer, first), await companyUser(world, customer, second)];
  return { ...customer, first, second, one, two };
}

/** The company that a token acts for, or why it acts for none. */
export async function companyOf(world: World, token: string) {
  const answer = await api(world, 'GET', '/companies/mine', { token });
  return answer.status === 200 ? answer.json.data[0].id : errorsOf(answer)[0];
}
