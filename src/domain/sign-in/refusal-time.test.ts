import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { api, errorsOf } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';
import { useImports } from '../../../test/imports.ts';
import { agent } from '../../../test/staff.ts';
import { changePassword } from '../credentials/index.ts';
import { hashKind, sweepHashKinds } from '../passwords/index.ts';
import { anonymizeCustomer, registerCustomer } from '../customers/index.ts';
import { staffAccount } from './index.ts';

const LEAST = 250;
const world = useApp({ SIGN_IN_REFUSAL_MS: String(LEAST), SIGN_IN_ATTEMPTS: '20', IMPORTED_HASH_QUEUE: '1' });
const { loadLines } = useImports(world);

beforeEach(async () => {
  await world.sql('delete from imported_hash_kind');
  world.app.memory.forget('costs of imported hashes');
});

/** Lets verifying an imported hash take so many milliseconds, by its kind. */
function imported(costs: Record<string, number>) {
  const spy = vi.spyOn(world.app.hasher, 'verifyImported').mockImplementation(async (_format, stored) => {
    const milliseconds = costs[hashKind(stored)?.prefix ?? ''] ?? 0;
    world.now = new Date(world.now.getTime() + milliseconds);
    return { match: 'none', milliseconds, cpuMilliseconds: milliseconds };
  });
  onTestFinished(() => {
    spy.mockRestore();
    for (const prefix of Object.keys(costs)) world.app.memory.forget(`cost of ${prefix}`);
  });
  return spy;
}

const kinds = (...prefixes: string[]) =>
  world.sql("insert into imported_hash_kind select unnest($1::text[]), '2026-01-01'", [prefixes]);

const bcryptOf = (cost: string) => bcrypt(PASSWORD, 4).replace('$04$', `$${cost}$`);

async function customer(hash?: string | null) {
  const customer = await activeCustomer(world);
  if (hash !== undefined) await world.sql('update customer set password_hash = $2 where id = $1', [customer.id, hash]);
  return customer;
}

let count = 0;
const unknown = () => `nobody.${(count += 1)}@example.org`;

/** Milliseconds of the clock that something takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = world.now.getTime();
  await work();
  return world.now.getTime() - started;
}

const onApi = (username: string, password = 'wrong') =>
  api(world, 'POST', '/access-tokens', { attributes: { username, password } });
const agents = (username: string) =>
  api(world, 'POST', '/agent-access-tokens', { attributes: { username, password: 'wrong' } });
const onToken = (username: string) =>
  api(world, 'POST', '/token', {
    body: new URLSearchParams({ grant_type: 'password', username, password: 'wrong' }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
const onPage = (email: string) => browser(world).submit('/login', 'loginForm', { email, password: 'wrong' });

const accounts: [what: string, make: () => Promise<string>][] = [
  ['unknown', async () => unknown()],
  ['one of ours', async () => (await customer()).email],
  ['without a password', async () => (await customer(null)).email],
  ['imported, bcrypt 12', async () => (await customer(bcryptOf('12'))).email],
  ['imported, bcrypt 10', async () => (await customer(bcryptOf('10'))).email],
  ['imported, MD5', async () => (await customer('0'.repeat(32))).email],
  ['imported, unreadable', async () => (await customer(bcryptOf('31'))).email],
  ['unconfirmed', async () => (await registerCustomer(world.app, somebody())).email],
  ['erased', async () => erased()],
];

async function erased() {
  const { id, email } = await customer();
  await anonymizeCustomer(world.app, id);
  return email;
}

/** One and a half times what the dearest hash takes. */
const FLOOR = 600;
const COSTS = { $2b$10$: 100, $2b$12$: 400 };

test.for([
  ['the API', onApi],
  ['/token', onToken],
  ['the page', onPage],
] as const)('%s refuses after the time of the dearest hash in the database, whatever is stored', async ([, guess]) => {
  imported(COSTS);
  await kinds('$2b$10$', '$2b$12$');
  await guess(unknown());

  for (const [what, make] of accounts) {
    const email = await make();
    const milliseconds = await timed(() => guess(email));
    expect(milliseconds, what).toBeGreaterThanOrEqual(FLOOR);
    expect(milliseconds, what).toBeLessThan(FLOOR + 20);
  }
});

test('the doors of staff refuse after the same time', async () => {
  imported(COSTS);
  await kinds('$2b$12$');
  const { email } = await agent(world);
  await agents(unknown());

  for (const account of [email, unknown(), staffAccount(email)]) {
    const milliseconds = await timed(() => agents(account));
    expect(milliseconds).toBeGreaterThanOrEqual(FLOOR);
    expect(milliseconds).toBeLessThan(FLOOR + 20);
  }
});

test('a wrong current password is refused after the same time', async () => {
  imported(COSTS);
  await kinds('$2b$12$');
  await onApi(unknown());

  for (const hash of [undefined, bcryptOf('12')]) {
    const { id: customerId } = await customer(hash);
    const change = changePassword(world.app, { customerId, current: 'wrong', next: 'Another-Horse-8-Battery' });
    const milliseconds = await timed(() => expect(change).rejects.toThrow('credentials.password-wrong'));
    expect(milliseconds).toBeGreaterThanOrEqual(FLOOR);
    expect(milliseconds).toBeLessThan(FLOOR + 20);
  }
});

test('guesses at one account that come at once are answered one after the other, whatever is stored', async () => {
  imported(COSTS);
  await kinds('$2b$12$');
  await onApi(unknown());

  const taken: number[] = [];
  for (const email of [unknown(), (await customer()).email, (await customer(bcryptOf('12'))).email])
    taken.push(await timed(() => Promise.all(Array.from({ length: 5 }, () => onApi(email)))));

  for (const milliseconds of taken) {
    expect(milliseconds).toBeGreaterThanOrEqual(5 * FLOOR);
    expect(milliseconds).toBeLessThan(5 * FLOOR + 2000);
  }
});

test('what a password costs to try counts as typed, whatever is stored: long ones and those of two spellings take longer', async () => {
  imported(COSTS);
  await kinds('$2b$12$');
  await onApi(unknown());
  const typed = [
    ['é'.normalize('NFD'), 2],
    ['x'.repeat(73), 2],
    ['é'.normalize('NFD').repeat(30), 4],
  ] as const;

  for (const [password, times] of typed)
    for (const email of [unknown(), (await customer()).email])
      expect(await timed(() => onApi(email, password))).toBeGreaterThanOrEqual(times * FLOOR);
});

/** Takes every place of the lane of imported hashes while `work` is done. */
async function whileFull<T>(work: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const caller = { network: '127.0.0.1' };
  const places = Array.from({ length: 9 }, () =>
    world.app.hasher.lanes.imported(() => promise, caller).catch(() => undefined),
  );
  try {
    return await work();
  } finally {
    resolve();
    await Promise.all(places);
  }
}

test('a full lane of imported hashes refuses guesses alike, and says so before they count', async () => {
  await kinds('$2b$04$');
  const ours = (await customer()).email;
  const accounts = [unknown(), ours, (await customer(bcrypt(PASSWORD, 4))).email];
  for (const email of accounts) await onApi(email);
  const counted = async () => (await world.sql('select sum(failures)::int as sum from throttle'))[0]?.['sum'];
  const before = await counted();

  await whileFull(async () => {
    for (const email of accounts) expect((await onApi(email)).status).toBe(503);
    expect((await onApi(ours, PASSWORD)).status).toBe(201);
  });

  expect(await counted()).toBe(before);
  for (const email of accounts) expect(errorsOf(await onApi(email))).toEqual(['401/003']);
});

const prefixes = async () =>
  (await world.sql('select prefix from imported_hash_kind order by 1')).map((row) => row['prefix']);

test('an import notes the kinds of hashes it brings in; digests and ours take no time worth noting', async () => {
  const own = argon2(PASSWORD, { memoryCost: 64, timeCost: 1, parallelism: 1 });
  const dear = argon2(PASSWORD, { memoryCost: 128, timeCost: 3, parallelism: 1 });
  await loadLines(
    'customer',
    'customer_reference,email,first_name,password',
    `HA--1,ha1@example.org,Ida,${bcryptOf('12')}`,
    `HA--2,ha2@example.org,Ida,${bcryptOf('12')}`,
    `HA--3,ha3@example.org,Ida,${'0'.repeat(32)}`,
    `HA--4,ha4@example.org,Ida,pbkdf2_sha256$390000$salt$${'A'.repeat(43)}=`,
    `HA--5,ha5@example.org,Ida,"${own}"`,
    `HA--6,ha6@example.org,Ida,"${dear}"`,
  );

  expect(await prefixes()).toEqual(
    expect.arrayContaining(['$2b$12$', 'pbkdf2_sha256$390000$', '$argon2id$v=19$m=128,t=3,p=1$']),
  );
});

test('a hash that came in by another way is noted when it is first tried', async () => {
  imported(COSTS);
  const { email } = await customer(bcryptOf('12'));

  expect(await timed(() => onApi(email))).toBeGreaterThanOrEqual(FLOOR);
  expect(await prefixes()).toEqual(['$2b$12$']);
  expect(await timed(() => onApi(unknown()))).toBeGreaterThanOrEqual(FLOOR);
});

test('once the last hash of a kind is replaced, refusals become faster again', async () => {
  const { email } = await customer(bcrypt(PASSWORD, 5));
  await kinds('$2b$05$', '$2b$13$');
  await world.sql("update imported_hash_kind set noted_at = '2025-01-01'");

  await sweepHashKinds.start(world.app, {});
  expect(await prefixes()).toEqual(['$2b$05$']);
  expect((await onApi(email, PASSWORD)).status).toBe(201);
  await sweepHashKinds.start(world.app, {});
  expect(await prefixes()).toEqual([]);
});

test('a kind that an import has just noted is not swept before its rows are in', async () => {
  await world.sql("insert into imported_hash_kind values ('$2b$12$', $1)", [world.now]);

  await sweepHashKinds.start(world.app, {});

  expect(await prefixes()).toEqual(['$2b$12$']);
});

test('a damaged hash, which is refused at once, does not lower the time', async () => {
  const spy = imported(COSTS);
  await kinds('$2b$12$');
  await onApi(unknown());
  spy.mockResolvedValue({ match: 'none', milliseconds: 0, cpuMilliseconds: 0 });
  for (let at = 0; at < 3; at++) await onApi((await customer(bcryptOf('12'))).email);

  expect(await timed(() => onApi(unknown()))).toBeGreaterThanOrEqual(FLOOR);
});

test('a machine that was busy for a moment does not slow refusals down for long', async () => {
  const spy = imported({ $2b$12$: 400 });
  await kinds('$2b$12$');
  await onApi(unknown());
  spy.mockResolvedValue({ match: 'none', milliseconds: 60_000, cpuMilliseconds: 400 });
  await onApi((await customer(bcryptOf('12'))).email);

  expect(await timed(() => onApi(unknown()))).toBeGreaterThan(2 * FLOOR);
  world.now = new Date(world.now.getTime() + 600_000);
  expect(await timed(() => onApi(unknown()))).toBeLessThan(FLOOR + 20);
});
