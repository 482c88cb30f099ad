import { subscribe } from '../src/domain/availability/index.ts';
import { addAddress } from '../src/domain/addresses/index.ts';
import type { Customer } from '../src/domain/customers/index.ts';
import { feedOrders } from '../src/domain/orders/index.ts';
import type { Operation, Resource } from '../src/interfaces/storefront-api/resource.ts';
import { api, type ApiAnswer, logIn } from './api.ts';
import type { World } from './app.ts';
import { activeCustomer, berlin, PASSWORD, registration } from './builders.ts';
import { company, companyUser } from './companies.ts';
import { order } from './orders.ts';
import { agent, agentToken } from './staff.ts';

/** Somebody a request may come from, and whatever of theirs it may be about. */
export interface Person {
  customer: Customer;
  token: string;
  refreshToken: string;
  addressId: string;
  orderReference: string;
  subscriptionKey: string;
  company?: { id: string; unitId: string; addressId: string; roleId: string; userId: string };
}

/** A customer with an address, an order and a subscription; with a company, somebody who acts for it. */
export async function person(
  world: World,
  { works = false, mayObserve = true }: { works?: boolean; mayObserve?: boolean } = {},
): Promise<Person> {
  const customer = await activeCustomer(world);
  const place = works ? await company(world) : undefined;
  const userId = place && (await companyUser(world, customer, place, mayObserve ? {} : { roles: [] }));
  const { accessToken: token, refreshToken } = await logIn(world, customer.email);
  const { id: addressId } = await addAddress(world.app, customer.id, {
    salutation: 'Ms',
    firstName: 'Ida',
    lastName: 'Noor',
    company: null,
    address1: 'Hauptstraße',
    address2: '1',
    address3: null,
    zipCode: '10115',
    city: 'Berlin',
    region: null,
    country: 'DE',
    phone: null,
    comment: null,
  });
  const fed = order({ customerReference: customer.reference });
  await feedOrders(world.app, [fed]);
  const { key: subscriptionKey } = await subscribe(world.app, {
    sku: fed.reference,
    email: customer.email,
    customerId: customer.id,
    store: 'DE',
    locale: 'en_US',
  });
  const own = { customer, token, refreshToken, addressId, orderReference: fed.reference, subscriptionKey };
  return place && userId ? { ...own, company: { ...place, userId } } : own;
}

/** An agent's token. */
export async function agentOf(world: World): Promise<string> {
  const { email } = await agent(world);
  return (await agentToken(world, email)).accessToken;
}

/** The token with which an agent acts for somebody. */
export async function actingFor(world: World, agent: string, { customer }: Pick<Person, 'customer'>): Promise<string> {
  const { json } = await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
    token: agent,
    attributes: { customerReference: customer.reference },
  });
  return String(json.data.attributes.accessToken);
}

/** `GET /customers/{id}/addresses` as a row of a table is called. */
export function nameOf({ parents, type, mine }: Resource, { method, at }: Operation): string {
  const above = parents.map((parent) => `/${parent}/{id}`).join('');
  return `${method} ${above}/${type}${at === 'many' ? '' : at === 'mine' && mine ? '/mine' : '/{id}'}`;
}

/** The last id of a path, by the type it names, as a person has it. */
export function idOf(type: string, whose: Person): string {
  const { customer, company } = whose;
  const ids: Record<string, string | undefined> = {
    customers: customer.reference,
    'customer-password': customer.reference,
    'customer-restore-password': 'anything',
    addresses: whose.addressId,
    orders: whose.orderReference,
    'availability-notifications': whose.subscriptionKey,
    'refresh-tokens': whose.refreshToken,
    stores: 'DE',
    companies: company?.id,
    'company-business-units': company?.unitId,
    'company-business-unit-addresses': company?.addressId,
    'company-roles': company?.roleId,
    'company-users': company?.userId,
  };
  return ids[type] ?? 'unknown';
}

const NEXT_PASSWORD = 'Another-Horse-8-Battery';

/** Attributes that are in order, as far as one can know without a mailed key. */
export function attributesOf(route: string, whose: Person): object {
  const newcomer = registration();
  const { email } = newcomer;
  const bodies: Record<string, object> = {
    'POST /access-tokens': { username: whose.customer.email, password: PASSWORD },
    'POST /refresh-tokens': { refreshToken: whose.refreshToken },
    'POST /customers': newcomer,
    'PATCH /customers/{id}': { lastName: 'Neu' },
    'POST /customer-confirmation': { registrationKey: 'unknown' },
    'POST /customer-forgotten-password': { email: whose.customer.email },
    'PATCH /customer-password/{id}': { password: PASSWORD, newPassword: NEXT_PASSWORD, confirmPassword: NEXT_PASSWORD },
    'PATCH /customer-restore-password/{id}': {
      restorePasswordKey: 'unknown',
      password: NEXT_PASSWORD,
      confirmPassword: NEXT_PASSWORD,
    },
    'POST /customers/{id}/addresses': { ...berlin, isDefaultShipping: false, isDefaultBilling: false },
    'PATCH /customers/{id}/addresses/{id}': { lastName: 'Neu' },
    'POST /availability-notifications': { sku: `sku-${email}`, email },
    'POST /company-user-access-tokens': {
      idCompanyUser: whose.company?.userId ?? '0190a5b2-0000-7000-8000-000000000000',
    },
    'POST /agent-customer-impersonation-access-tokens': { customerReference: whose.customer.reference },
  };
  return bodies[route] ?? { type: 'email' };
}

/** Calls an operation on what is somebody's, with a token of anybody or none. */
export function call(
  world: World,
  { resource, operation }: { resource: Resource; operation: Operation },
  whose: Person,
  token: string | undefined,
): Promise<ApiAnswer & { path: string }> {
  const { parents, type, mine } = resource;
  const above = parents.map((parent) => `/${parent}/${encodeURIComponent(idOf(parent, whose))}`).join('');
  const id = operation.at === 'mine' && mine ? 'mine' : idOf(type, whose);
  const path = `${above}/${type}${operation.at === 'many' ? '' : `/${encodeURIComponent(id)}`}`;
  const hasBody = operation.method === 'POST' || operation.method === 'PATCH';
  const answer = api(world, operation.method, path, {
    ...(token ? { token } : {}),
    ...(hasBody ? { attributes: attributesOf(nameOf(resource, operation), whose) } : {}),
  });
  return answer.then((answer) => ({ ...answer, path }));
}
