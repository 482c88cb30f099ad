import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import { changePassword, resetPassword, revokePassword } from '../credentials/index.ts';
import { isProblem } from '../../platform/problem.ts';
import { issueLink } from '../links/index.ts';
import { rememberDevice, startSession } from '../sessions/index.ts';
import { issueRefreshToken } from '../tokens/index.ts';
import { anonymizeCustomer } from './anonymize.ts';
import { confirmEmailChange } from './change-email.ts';
import { confirmCustomer } from './confirm.ts';
import { type Customer, type CustomerState, states } from './customer.ts';
import { assertMay, lifeCycle, type LifeCycleEvent } from './life-cycle.ts';
import { lockAccount, unlockAccount } from './lock.ts';
import { registerCustomer } from './register.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

type Act = (customer: Customer, session?: string) => Promise<unknown>;

/** Each event through its use case; `session` is the one that asks. */
const events = {
  confirm: async ({ id }) => confirmCustomer(world.app, await issueLink(world.app, 'confirm', id)),
  'set-password': async ({ id }) => resetPassword(world.app, await issueLink(world.app, 'reset', id), NEXT),
  'change-password': ({ id }, session) =>
    changePassword(world.app, { customerId: id, current: PASSWORD, next: NEXT, ...(session ? { session } : {}) }),
  'change-email': async ({ id, email }) =>
    confirmEmailChange(world.app, await issueLink(world.app, 'email-change', id, `new.${email}`)),
  'revoke-password': async ({ id }) => {
    // A campaign goes past accounts whose password may not be revoked.
    if (!(await revokePassword(world.app, id))) throw new Error('skipped');
  },
  lock: ({ id }) => lockAccount(world.app, id),
  unlock: ({ id }) => unlockAccount(world.app, id),
  anonymize: ({ id }) => anonymizeCustomer(world.app, id),
} satisfies Record<LifeCycleEvent, Act>;
const happen = (event: LifeCycleEvent, customer: Customer, session?: string): Promise<unknown> =>
  (events as Record<LifeCycleEvent, Act>)[event](customer, session);

async function customerIn(state: CustomerState): Promise<Customer> {
  const customer = await registerCustomer(world.app, somebody());
  if (state === 'invited') await world.sql('update customer set password_hash = null where id = $1', [customer.id]);
  if (state === 'active' || state === 'locked') await events.confirm(customer);
  if (state === 'locked') await lockAccount(world.app, customer.id);
  if (state === 'anonymized') await anonymizeCustomer(world.app, customer.id);
  return customer;
}

const rowOf = async ({ id }: Customer) => (await world.sql('select * from customer where id = $1', [id]))[0] ?? {};
const stateOf = async (customer: Customer) => (await rowOf(customer))['state'];

/** Where each event leads from each state; in brackets the problem that it ends with. */
const published: Record<LifeCycleEvent, Record<CustomerState, string>> = {
  confirm: {
    invited: 'invited',
    unverified: 'active',
    active: '(customers.transition-refused)',
    locked: '(customers.locked)',
    anonymized: '(links.invalid)',
  },
  'set-password': {
    invited: 'active',
    unverified: 'active',
    active: 'active',
    locked: '(customers.locked)',
    anonymized: '(links.invalid)',
  },
  'change-password': {
    invited: '(credentials.password-wrong)',
    unverified: 'unverified',
    active: 'active',
    locked: '(customers.locked)',
    anonymized: '(customers.not-found)',
  },
  'change-email': {
    invited: 'invited',
    unverified: 'active',
    active: 'active',
    locked: '(customers.locked)',
    anonymized: '(links.invalid)',
  },
  'revoke-password': {
    invited: 'invited',
    unverified: 'invited',
    active: 'invited',
    locked: 'locked',
    anonymized: '(skipped)',
  },
  lock: {
    invited: 'locked',
    unverified: 'locked',
    active: 'locked',
    locked: '(customers.transition-refused)',
    anonymized: '(customers.not-found)',
  },
  unlock: {
    invited: '(customers.transition-refused)',
    unverified: '(customers.transition-refused)',
    active: '(customers.transition-refused)',
    locked: 'active',
    anonymized: '(customers.not-found)',
  },
  anonymize: {
    invited: 'anonymized',
    unverified: 'anonymized',
    active: 'anonymized',
    locked: 'anonymized',
    anonymized: '(customers.not-found)',
  },
};

const cases = Object.entries(published).flatMap(([event, ends]) =>
  states.map((state) => ({ event: event as LifeCycleEvent, state, end: ends[state] })),
);

const isRefusal = (end: string) => end.startsWith('(');

test.for(cases)('$event, $state: $end', async ({ event, state, end }) => {
  const customer = await customerIn(state);

  const reached = await happen(event, customer).then(
    () => stateOf(customer),
    (error: Error) => `(${error.message})`,
  );

  expect(reached).toBe(end);
});

test.for(cases.filter(({ end }) => isRefusal(end)))(
  '$event, $state: refused, and nothing is changed',
  async ({ event, state }) => {
    const customer = await customerIn(state);
    const before = await rowOf(customer);

    await happen(event, customer).catch(() => undefined);

    expect(await rowOf(customer)).toEqual(before);
  },
);

const mayHappen = (event: LifeCycleEvent) => (state: CustomerState) => {
  try {
    assertMay(event, state);
    return true;
  } catch {
    return false;
  }
};

test.for(Object.keys(lifeCycle) as LifeCycleEvent[])(
  'the table of the code allows %s where it is published, and nowhere else',
  (event) => {
    expect(states.filter(mayHappen(event))).toEqual(states.filter((state) => !isRefusal(published[event][state])));
  },
);

test.for(['invited', 'unverified', 'active'] as const)(
  'a customer who was %s is so again after a lock',
  async (state) => {
    const customer = await customerIn(state);

    await lockAccount(world.app, customer.id);
    await unlockAccount(world.app, customer.id);

    expect(await stateOf(customer)).toBe(state);
  },
);

/** What is left of two log-ins, a device, a refresh token and a link. */
const left = {
  confirm: { sessions: 2, devices: 1, tokens: 1, links: 0 },
  'set-password': { sessions: 0, devices: 0, tokens: 0, links: 0 },
  'change-password': { sessions: 1, devices: 0, tokens: 0, links: 0 },
  'revoke-password': { sessions: 0, devices: 0, tokens: 0, links: 0 },
  'change-email': { sessions: 2, devices: 1, tokens: 1, links: 0 },
  lock: { sessions: 0, devices: 0, tokens: 0, links: 0 },
  unlock: { sessions: 2, devices: 1, tokens: 1, links: 1 },
  anonymize: { sessions: 0, devices: 0, tokens: 0, links: 0 },
} satisfies Record<LifeCycleEvent, object>;

test.for(Object.entries(left))('%s leaves %j', async ([event, expected]) => {
  const customer = await customerIn(event === 'confirm' ? 'unverified' : event === 'unlock' ? 'locked' : 'active');
  const { id: own } = await startSession(world.app, { customerId: customer.id, remembered: false });
  await startSession(world.app, { customerId: customer.id, remembered: true });
  await rememberDevice(world.app, customer.id, undefined);
  await issueRefreshToken(world.app, { customerId: customer.id, client: 'frontend', scopes: ['customer'] });
  await issueLink(world.app, 'unlock', customer.id);

  await happen(event as LifeCycleEvent, customer, own);

  const [counts] = await world.sql(
    `select (select count(*)::int from session where customer_id = $1) as sessions, (select count(*)::int from known_device where customer_id = $1) as devices,
      (select count(*)::int from refresh_token where customer_id = $1 and revoked_at is null) as tokens, (select count(*)::int from link where customer_id = $1) as links`,
    [customer.id],
  );
  expect(counts).toEqual(expected);
});

test('of two events at once that exclude each other one happens', async () => {
  const customer = await customerIn('active');

  const ends = await Promise.allSettled([
    lockAccount(world.app, customer.id),
    lockAccount(world.app, customer.id),
    lockAccount(world.app, customer.id),
  ]);

  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

/** Resolves once so many statements wait for somebody else's lock. */
async function waiting(count: number) {
  for (;;) {
    await world.sql('select pg_stat_clear_snapshot()');
    const [row] = await world.sql(
      "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (row?.['waiting'] === count) return;
  }
}

test('a lock and a reset at the same moment do not wait for each other', async () => {
  const customer = await customerIn('active');
  const token = await issueLink(world.app, 'reset', customer.id);
  await world.sql('begin');
  await world.sql('select 1 from customer where id = $1 for update', [customer.id]);
  const lock = lockAccount(world.app, customer.id);
  await waiting(1);
  const reset = resetPassword(world.app, token, NEXT).catch((error: unknown) => error);
  await waiting(2);
  await world.sql('commit');

  await expect(lock).resolves.toMatchObject({ state: 'locked' });
  expect(await reset).toSatisfy(isProblem);
});
