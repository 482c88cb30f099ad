import { beforeAll, describe, expect, test } from 'vitest';
import { errorsOf } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD } from '../../../test/builders.ts';
import { actingFor, agentOf, call, nameOf, type Person, person } from '../../../test/every-operation.ts';
import { agent } from '../../../test/staff.ts';
import { list } from './index.ts';

// Who may do what to whom: every operation there is, and what each kind of caller reads. An operation without a row fails.

const world = useApp();

/**
 * nobody: without a token · own: a customer on what is theirs · other: another customer on the same ·
 * buyer: somebody of the same kind of company, without permissions, on what is theirs · agent: acting for nobody ·
 * acting: an agent who acts for the customer, on what is theirs.
 */
type Row = [route: string, nobody: string, own: string, other: string, buyer: string, agent: string, acting: string];

/** What an agent who acts for a customer reads where only the customer may go on. */
const REFUSED = '403/4190';

const open = (route: string, answer: string, acting = answer): Row => [
  route,
  answer,
  answer,
  answer,
  answer,
  answer,
  acting,
];
const forAgents = (route: string, answer: string): Row => [
  route,
  '401/4103',
  '401/4103',
  '401/4103',
  '401/4103',
  answer,
  '401/4103',
];
const forCustomers = (route: string, answer: string, other: string, agent = other, acting = answer): Row => [
  route,
  '403/002',
  answer,
  other,
  answer,
  agent,
  acting,
];

const table: readonly Row[] = [
  open('GET /access-tokens', '200'),
  open('POST /access-tokens', '201'),
  open('GET /refresh-tokens', '200'),
  open('POST /refresh-tokens', '201', REFUSED),
  forCustomers('DELETE /refresh-tokens/mine', '204', '204'),
  forCustomers('DELETE /refresh-tokens/{id}', '204', '204'),
  forCustomers('GET /customers', '200', '200', '404/402'),
  forCustomers('GET /customers/{id}', '200', '404/402'),
  open('POST /customers', '201'),
  forCustomers('PATCH /customers/{id}', '200', '403/411'),
  open('POST /customer-confirmation', '422/423', REFUSED),
  forCustomers('PATCH /customer-password/{id}', '204', '403/411', '404/402', REFUSED),
  open('POST /customer-forgotten-password', '204', REFUSED),
  open('PATCH /customer-restore-password/{id}', '422/415', REFUSED),
  forCustomers('GET /customers/{id}/addresses', '200', '403/411'),
  forCustomers('GET /customers/{id}/addresses/{id}', '200', '403/411'),
  forCustomers('POST /customers/{id}/addresses', '201', '403/411'),
  forCustomers('PATCH /customers/{id}/addresses/{id}', '200', '403/411'),
  forCustomers('DELETE /customers/{id}/addresses/{id}', '204', '403/411'),
  forCustomers('GET /orders', '200', '200', '404/402'),
  forCustomers('GET /orders/{id}', '200', '404/801', '404/402'),
  forCustomers('GET /customers/{id}/orders', '200', '403/802'),
  forCustomers('GET /customers/{id}/carts', '200', '403/802'),
  ['GET /guest-carts', '400/109', '200', '200', '200', '200', '200'],
  forCustomers('GET /shopping-lists', '200', '400/1401'),
  forCustomers('GET /quote-requests', '200', '400/1401'),
  forAgents('GET /agent-quote-requests', '200'),
  open('GET /customer-access', '200'),
  open('GET /abstract-product-prices', '200'),
  open('GET /concrete-product-prices', '200'),
  open('GET /checkout', '200'),
  open('GET /checkout-data', '200'),
  ['GET /guest-cart-items', '400/109', '200', '200', '200', '200', '200'],
  forCustomers('GET /wishlists', '200', '200'),
  forCustomers('GET /wishlist-items', '200', '200'),
  open('GET /stores', '200'),
  open('GET /stores/{id}', '200'),
  open('POST /availability-notifications', '201'),
  forCustomers('GET /my-availability-notifications', '200', '200', '404/402'),
  forCustomers('GET /customers/{id}/availability-notifications', '200', '403/4606'),
  open('POST /agent-access-tokens', '401/4101'),
  forAgents('GET /agent-customer-search', '200'),
  forAgents('POST /agent-customer-impersonation-access-tokens', '201'),
  forCustomers('GET /companies', '501', '501', '501'),
  forCustomers('GET /companies/mine', '200', '403/1803'),
  forCustomers('GET /companies/{id}', '200', '404/1801'),
  forCustomers('GET /company-business-units', '501', '501', '501'),
  forCustomers('GET /company-business-units/mine', '200', '403/1903'),
  forCustomers('GET /company-business-units/{id}', '200', '404/1901'),
  forCustomers('GET /company-business-unit-addresses', '501', '501', '501'),
  forCustomers('GET /company-business-unit-addresses/{id}', '200', '404/2001'),
  forCustomers('GET /company-roles', '501', '501', '501'),
  forCustomers('GET /company-roles/mine', '200', '403/2103'),
  forCustomers('GET /company-roles/{id}', '200', '404/2101'),
  ['GET /company-users', '403/002', '200', '403/1403', '403/1405', '403/1403', '200'],
  forCustomers('GET /company-users/mine', '200', '200', '403/1403'),
  ['GET /company-users/{id}', '403/002', '200', '403/1403', '403/1405', '403/1403', '200'],
  forCustomers('POST /company-user-access-tokens', '201', '401/003'),
  forCustomers('GET /multi-factor-auth-types', '200', '200', '400/5905'),
  forCustomers('POST /multi-factor-auth-type-activate', '204', '204', '400/5905', REFUSED),
  forCustomers('POST /multi-factor-auth-type-verify', '403/5900', '403/5900', '403/5900', REFUSED),
  forCustomers('POST /multi-factor-auth-trigger', '400/5906', '400/5906', '400/5905'),
  forCustomers('POST /multi-factor-auth-type-deactivate', '403/5900', '403/5900', '403/5900', REFUSED),
  // Last, as they end what the others are about.
  ['DELETE /availability-notifications/{id}', '204', '404/4603', '404/4603', '204', '404/4603', '204'],
  forCustomers('DELETE /customers/{id}', '204', '403/411', '403/411', REFUSED),
];

const operations = new Map(
  list.flatMap((resource) =>
    resource.operations.map((operation) => [nameOf(resource, operation), { resource, operation }] as const),
  ),
);

test('every operation has a row, and every row an operation', () => {
  expect(table.map(([route]) => route).toSorted()).toEqual([...operations.keys()].toSorted());
});

test('a token of the back office opens nothing here', async () => {
  const { email } = await agent(world, { isAgent: false, roles: ['administrator'] });
  const answer = await fetch(`${world.url}/glue-backend/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: email, password: PASSWORD }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const somebody = await person(world);

  for (const [route, found] of operations) {
    const { status, json } = await call(world, found, somebody, token);
    expect([status, json?.errors?.[0]?.code], route).toEqual([401, '001']);
  }
});

describe('who reads what', () => {
  let admin: Person;
  let buyer: Person;
  let stranger: Person;
  let agent: string;
  let helped: Person;
  let actingToken: string;
  beforeAll(async () => {
    admin = await person(world, { works: true });
    buyer = await person(world, { works: true, mayObserve: false });
    stranger = await person(world);
    agent = await agentOf(world);
    helped = await person(world, { works: true });
    actingToken = await actingFor(world, agent, helped);
  });

  const verdict = async (route: string, whose: Person, token: string | undefined) => {
    const found = operations.get(route);
    if (!found) throw new Error(`there is no ${route}`);
    const answer = await call(world, found, whose, token);
    return errorsOf(answer).join() || String(answer.status);
  };

  /** What a call uses up is made anew for it. */
  const fresh = async (route: string, whose: Person): Promise<Person> =>
    /password\/|^POST \/refresh|customers\/\{id\}$/.test(route) && !route.startsWith('GET')
      ? person(world, { works: whose !== stranger })
      : route === 'POST /refresh-tokens'
        ? person(world)
        : whose;

  test.for(table)('%s', async ([route, nobody, own, other, ofBuyer, ofAgent, acting]) => {
    const mine = await fresh(route, admin);
    const theirs = await fresh(route, buyer);
    const refreshed = async () => (route === 'POST /refresh-tokens' ? person(world) : mine);

    expect({
      nobody: await verdict(route, await refreshed(), undefined),
      other: await verdict(route, await refreshed(), stranger.token),
      agent: await verdict(route, await refreshed(), agent),
      acting: await verdict(route, helped, actingToken),
      own: await verdict(route, mine, mine.token),
      buyer: await verdict(route, theirs, theirs.token),
    }).toEqual({ nobody, other, agent: ofAgent, acting, own, buyer: ofBuyer });
  });
});
