import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import { changePassword, requestReset, resetPassword, revokePassword } from '../credentials/index.ts';
import {
  anonymizeCustomer,
  confirmCustomer,
  confirmEmailChange,
  type Customer,
  editProfile,
  lockAccount,
  registerCustomer,
  requestEmailChange,
  unlockAccount,
} from '../customers/index.ts';
import { issueLink } from '../links/index.ts';
import { endSession, endSessionById, startSession } from '../sessions/index.ts';
import { refreshTokens, signIn, signInForTokens, unblock, unblockByLink } from '../sign-in/index.ts';
import { setStore } from '../stores/index.ts';
import { issueRefreshToken, revokeRefreshTokens, rotateKeys } from '../tokens/index.ts';
import { changesBetween, entriesAbout } from './index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';
const WRONG = 'Wrong-Horse-9-Battery';
/** Every token that was handed out. */
const secrets: string[] = [PASSWORD, NEXT, WRONG, '$argon2'];

async function link(...given: Parameters<typeof issueLink> extends [unknown, ...infer Rest] ? Rest : never) {
  const token = await issueLink(world.app, ...given);
  secrets.push(token);
  return token;
}

async function session({ id: customerId }: Customer) {
  const started = await startSession(world.app, { customerId, remembered: false });
  secrets.push(started.token);
  return started;
}

async function refreshToken({ id: customerId }: Customer) {
  const token = await issueRefreshToken(world.app, { customerId, client: 'frontend', scopes: ['customer'] });
  secrets.push(token);
  return token;
}

const credentials = ({ email }: Customer, password: string) =>
  ({ email, password, door: 'customer', clears: true }) as const;

/** What a customer, staff or the product itself does to an account, and the entry that it leaves. */
const useCases: [action: string, happen: (customer: Customer) => Promise<unknown>][] = [
  ['customers.confirmed', async ({ id }) => confirmCustomer(world.app, await link('confirm', id))],
  ['customers.edited', ({ id }) => editProfile(world.app, id, { phone: '+49 30 7654321' })],
  ['customers.email-change-requested', ({ id, email }) => requestEmailChange(world.app, id, `new.${email}`)],
  [
    'customers.email-changed',
    async ({ id, email }) => confirmEmailChange(world.app, await link('email-change', id, `new.${email}`)),
  ],
  ['customers.locked', ({ id }) => lockAccount(world.app, id)],
  ['customers.unlocked', async ({ id }) => unlockAccount(world.app, (await lockAccount(world.app, id)).id)],
  ['customers.anonymized', ({ id }) => anonymizeCustomer(world.app, id)],
  [
    'credentials.password-changed',
    ({ id }) => changePassword(world.app, { customerId: id, current: PASSWORD, next: NEXT }),
  ],
  ['credentials.password-reset', async ({ id }) => resetPassword(world.app, await link('reset', id), NEXT)],
  [
    'sign-in.succeeded',
    async (customer) =>
      secrets.push(
        ...Object.values(await signInForTokens(world.app, credentials(await confirmed(customer), PASSWORD)))
          .map(String)
          .filter((token) => token.length > 20),
      ),
  ],
  ['credentials.password-revoked', ({ id }) => revokePassword(world.app, id)],
  [
    'sign-in.refused',
    (customer) => signIn(world.app, credentials(customer, WRONG), async () => 'in').catch(() => undefined),
  ],
  ['sign-in.unblocked', ({ id }) => unblock(world.app, id)],
  ['sign-in.unblocked', async ({ id }) => unblockByLink(world.app, await link('unlock', id))],
  [
    'tokens.revoked',
    async (customer) => revokeRefreshTokens(world.app, { customerId: customer.id }, await refreshToken(customer)),
  ],
  ['tokens.revoked', ({ id }) => revokeRefreshTokens(world.app, { customerId: id })],
  ['tokens.reuse-detected', async (customer) => useTwice(await refreshToken(customer))],
];

async function confirmed(customer: Customer) {
  return confirmCustomer(world.app, await link('confirm', customer.id));
}

async function useTwice(token: string) {
  await refreshTokens(world.app, token);
  world.now = new Date(world.now.getTime() + 60_000);
  await refreshTokens(world.app, token).catch(() => undefined);
}

test.for(useCases)('an entry %s is written when it happens', async ([action, happen]) => {
  const customer = await registerCustomer(world.app, somebody());
  expect((await entriesAbout(world.app.db, customer.id)).map(({ action }) => action)).toEqual(['customers.registered']);

  await happen(customer);

  expect((await entriesAbout(world.app.db, customer.id))[0]).toMatchObject({ action, at: expect.any(Date) });
});

test.for<[string, (customer: Customer) => Promise<unknown>]>([
  ['a reset was asked for', ({ email }) => requestReset(world.app, email)],
  ['a customer logged out', async (customer) => endSession(world.app, (await session(customer)).token)],
  [
    'a customer ended one of their log-ins',
    async (customer) => endSessionById(world.app, customer.id, (await session(customer)).id),
  ],
])('an entry says that %s', async ([, happen]) => {
  const customer = await registerCustomer(world.app, somebody());

  await happen(customer);
  await world.runJobs();

  expect((await entriesAbout(world.app.db, customer.id)).map(({ action }) => action)).toEqual([
    expect.any(String),
    'customers.registered',
  ]);
});

test('what is about no customer has entries too', async () => {
  await setStore(world.app, {
    name: 'CH',
    timeZone: 'Europe/Zurich',
    locales: ['de_DE'],
    currencies: ['CHF'],
    countries: ['CH'],
    links: {},
  });
  await rotateKeys(world.app);
  await signIn(
    world.app,
    { email: 'nobody@example.org', password: WRONG, door: 'customer', clears: true },
    async () => 'in',
  ).catch(() => undefined);

  const entries = await world.sql('select action from audit_entry where customer_id is null order by at desc limit 3');
  expect(entries.map(({ action }) => action)).toEqual(['sign-in.refused', 'tokens.key-rotated', 'stores.set']);
});

test('an entry says who it was, through which door and from where', async () => {
  const { id, email, reference } = await registerCustomer(world.app, somebody());
  await confirmCustomer(world.app, await link('confirm', id));
  const { accessToken } = await logIn(world, email);

  await api(world, 'PATCH', `/customers/${reference}`, {
    token: accessToken,
    attributes: { lastName: 'Sand' },
    headers: { 'X-Request-Id': 'request-4711' },
  });

  expect(
    await world.sql(
      "select actor, actor_id, door, network, request_id from audit_entry where customer_id = $1 and action = 'customers.edited'",
      [id],
    ),
  ).toEqual([
    { actor: 'customer', actor_id: id, door: 'storefront-api', network: '127.0.0.1', request_id: 'request-4711' },
  ]);
});

test('before and after stand apart from the entry, which only names the fields', async () => {
  const { id } = await registerCustomer(world.app, somebody({ lastName: 'Before' }));

  await editProfile(world.app, id, { lastName: 'After', firstName: 'Ida' });

  const [entry] = await entriesAbout(world.app.db, id);
  expect(entry).toMatchObject({ facts: { fields: ['lastName'] }, changes: { lastName: ['Before', 'After'] } });
});

test('a change of nothing has no entry', async () => {
  const { id } = await registerCustomer(world.app, somebody());

  await editProfile(world.app, id, { firstName: 'Ida' });

  expect(await entriesAbout(world.app.db, id)).toHaveLength(1);
});

test('what fails leaves no entry', async () => {
  const { id, email } = await registerCustomer(world.app, somebody());
  const [before] = await world.sql('select count(*) from audit_entry');

  await expect(registerCustomer(world.app, somebody({ email }))).rejects.toThrow('customers.email-taken');
  await expect(unlockAccount(world.app, id)).rejects.toThrow('customers.transition-refused');
  await expect(resetPassword(world.app, await link('reset', id), 'password')).rejects.toThrow('passwords.refused');

  expect((await world.sql('select count(*) from audit_entry'))[0]).toEqual(before);
});

test('changes are told field by field, empty ones as null', () => {
  expect(
    changesBetween<{ a: unknown; b?: unknown; c?: unknown }>({ a: 1, b: null }, { a: 2, b: undefined, c: 'new' }),
  ).toEqual({ a: [1, 2], c: [null, 'new'] });
});

/** Runs a statement as a role that owns the log but is no superuser, as an installation's does, and takes it back. */
async function asOwner(statement: string): Promise<string> {
  await world.sql('begin');
  try {
    await world.sql('create role shop_app');
    for (const table of ['audit_entry', 'audit_values', 'customer'])
      await world.sql(`alter table ${table} owner to shop_app`);
    await world.sql('set local role shop_app');
    await world.sql(statement);
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    await world.sql('rollback');
  }
}

const REFUSED = '42501';

test.for([
  "update audit_entry set actor = 'nobody'",
  'delete from audit_entry',
  'truncate audit_entry',
  'truncate audit_entry, audit_values, customer cascade',
  "insert into audit_entry select * from audit_entry limit 1 on conflict (id) do update set actor = 'nobody'",
  "merge into audit_entry a using audit_entry b on a.id = b.id when matched then update set actor = 'nobody'",
  'merge into audit_entry a using audit_entry b on a.id = b.id when matched then delete',
  'select * from audit_entry for update',
  "update audit_values set changes = '{}'",
  'truncate audit_values',
  'set session_replication_role = replica',
])('the database refuses the application: %s', async (statement) => {
  await editProfile(world.app, (await registerCustomer(world.app, somebody())).id, { lastName: 'Sand' });

  expect(await asOwner(statement)).toBe(REFUSED);
});

test.for([
  "update audit_entry set actor = 'nobody'",
  'delete from audit_entry',
  'truncate audit_entry',
  "update audit_values set changes = '{}'",
])('even a role that was granted everything is refused: %s', async (statement) => {
  await expect(world.sql(statement)).rejects.toMatchObject({ code: REFUSED });
});

test('new entries are written, and erased values removed, by the application', async () => {
  await editProfile(world.app, (await registerCustomer(world.app, somebody())).id, { lastName: 'Sand' });

  expect(
    await asOwner(
      "insert into audit_entry (id, at, action, actor, door) values (gen_random_uuid(), now(), 'a', 'b', 'c')",
    ),
  ).toBe('done');
  expect(await asOwner('delete from audit_values')).toBe('done');
});

test('no password, hash or token stands in the log', async () => {
  expect(secrets.length).toBeGreaterThan(10);
  const found = await world.sql(
    'select secret from unnest($1::text[]) as secret where exists (select 1 from audit_entry e where position(secret in e::text) > 0) or exists (select 1 from audit_values v where position(secret in v::text) > 0)',
    [secrets],
  );

  expect(found).toEqual([]);
});
