import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { agent } from '../../../test/staff.ts';
import { changePassword } from '../credentials/index.ts';
import { anonymizeCustomer } from '../customers/index.ts';
import { sweepThrottle } from './index.ts';

const world = useApp({
  SIGN_IN_ATTEMPTS: '3',
  SIGN_IN_ACCOUNT_ATTEMPTS: '6',
  TRUSTED_PROXIES: '127.0.0.1',
});
const NEXT = 'Another-Horse-8-Battery';

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

let networks = 0;
/** A network that was never seen. */
const elsewhere = () => `198.51.${Math.floor((networks += 1) / 250)}.${networks % 250}`;

type Guess = (email: string, password: string, network: string) => Promise<number>;

/** Each way in that has no cookie to know a device by; 2xx is a sign-in. */
const overApi =
  (path: string): Guess =>
  async (username, password, network) =>
    (await api(world, 'POST', path, { attributes: { username, password }, headers: { 'X-Forwarded-For': network } }))
      .status;
const overToken =
  (path: string): Guess =>
  async (username, password, network) => {
    const answer = await fetch(world.url + path, {
      method: 'POST',
      headers: { 'X-Forwarded-For': network, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'password', username, password }),
    });
    return answer.status;
  };
const onPages: Guess = async (email, password, network) => {
  const { status } = await browser(world, { 'X-Forwarded-For': network }).submit('/login', 'loginForm', {
    email,
    password,
  });
  return status === 302 ? 200 : status;
};

const customer = async () => (await activeCustomer(world)).email;
const staff = async () => (await agent(world)).email;

const doors: [name: string, somebody: () => Promise<string>, guess: Guess][] = [
  ['a customer over the API', customer, overApi('/access-tokens')],
  ['a customer at /token', customer, overToken('/token')],
  ['a customer at the decoupled application', customer, overToken('/glue-storefront/token')],
  ['a customer on the pages without cookies', customer, onPages],
  ['an agent', staff, overApi('/agent-access-tokens')],
  ['a staff user', staff, overToken('/glue-backend/token')],
];

/** Strangers guess from as many networks as it takes to lock the account. */
async function attack(guess: Guess, email: string, rounds = 4) {
  for (let round = 0; round < rounds; round++) {
    const network = elsewhere();
    await guess(email, 'wrong', network);
    await guess(email, 'wrong', network);
  }
}

describe.for(doors)('%s', ([, somebody, guess]) => {
  const isIn = async (email: string, network: string, password = PASSWORD) =>
    (await guess(email, password, network)) < 300;

  test('goes on signing in from a known network, however strangers guess elsewhere', async () => {
    const [email, home] = [await somebody(), elsewhere()];
    expect(await isIn(email, home)).toBe(true);

    for (let quarter = 0; quarter < 3; quarter++) {
      await attack(guess, email);
      expect(await isIn(email, elsewhere()), 'from elsewhere it is locked').toBe(false);
      expect(await isIn(email, home)).toBe(true);
      pass(300);
    }
  });

  test('has no more guesses there than anywhere, and they count', async () => {
    const [email, home] = [await somebody(), elsewhere()];
    await isIn(email, home);
    await attack(guess, email);

    for (let at = 0; at < 3; at++) await guess(email, 'wrong', home);

    expect(await isIn(email, home)).toBe(false);
  });
});

test('from known networks together an account is guessed at twice as often at most', async () => {
  const guess = overApi('/access-tokens');
  const email = await customer();
  const homes = Array.from({ length: 10 }, elsewhere);
  for (const home of homes) expect(await guess(email, PASSWORD, home)).toBe(201);

  const statuses: number[] = [];
  for (const home of homes) for (let at = 0; at < 2; at++) statuses.push(await guess(email, 'wrong', home));

  expect(statuses.filter((status) => status === 401)).toHaveLength(12);
});

test('fifty guesses at once from known networks are evaluated as rarely', async () => {
  const guess = overApi('/access-tokens');
  const email = await customer();
  const homes = Array.from({ length: 10 }, elsewhere);
  for (const home of homes) await guess(email, PASSWORD, home);

  const statuses = await Promise.all(
    homes.flatMap((home) => Array.from({ length: 5 }, () => guess(email, 'wrong', home))),
  );

  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(12);
});

test('a network is known to the account that signed in from it, and to no other', async () => {
  const guess = overApi('/access-tokens');
  const [email, neighbour, home] = [await customer(), await customer(), elsewhere()];
  await guess(neighbour, PASSWORD, home);
  await attack(guess, email);

  expect(await guess(email, PASSWORD, home)).toBe(429);
});

test('a wrong password makes no network known, nor does an account that may not sign in', async () => {
  const guess = overApi('/access-tokens');
  const [email, home] = [await customer(), elsewhere()];
  const known = async () => (await world.sql('select count(*)::int as count from known_network'))[0]?.['count'];
  const before = await known();
  await guess(email, 'wrong', home);
  await world.sql('update customer set verified_at = null where email = $1', [email]);
  await guess(email, PASSWORD, home);

  expect(await known()).toBe(before);
});

test('the lockout that is looked at before the body says the same', async () => {
  const guess = overApi('/access-tokens');
  const [email, home] = [await customer(), elsewhere()];
  await guess(email, PASSWORD, home);
  await attack(guess, email);
  const early = (network: string) =>
    api(world, 'POST', '/access-tokens', {
      attributes: { username: email },
      headers: { 'X-Forwarded-For': network },
    });

  expect([(await early(home)).status, (await early(elsewhere())).status]).toEqual([422, 429]);
});

test('the password is changed from a known network too, and the network stays known', async () => {
  const guess = overApi('/access-tokens');
  const { id: customerId, email } = await activeCustomer(world);
  const home = elsewhere();
  await guess(email, PASSWORD, home);
  await attack(guess, email);
  const app = { ...world.app, origin: { ...world.app.origin, network: home } };

  await changePassword(app, { customerId, current: PASSWORD, next: NEXT });

  expect(await guess(email, NEXT, home)).toBe(201);
});

test('a network is forgotten three months after its last sign-in, and with the person', async () => {
  const guess = overApi('/access-tokens');
  const [email, home] = [await customer(), elsewhere()];
  await guess(email, PASSWORD, home);
  pass(89 * 86_400);
  await attack(guess, email);
  expect(await guess(email, PASSWORD, home)).toBe(201);
  pass(91 * 86_400);
  await attack(guess, email);
  expect(await guess(email, PASSWORD, home)).toBe(429);
  await sweepThrottle.start(world.app, {});
  expect(await world.sql('select 1 from known_network')).toEqual([]);

  const erased = await activeCustomer(world);
  await guess(erased.email, PASSWORD, home);
  expect(await world.sql('select 1 from known_network')).toHaveLength(1);
  await anonymizeCustomer(world.app, erased.id);
  expect(await world.sql('select 1 from known_network')).toEqual([]);
});

test('neither the address nor the network is readable in the database', async () => {
  const [email, home] = [await customer(), elsewhere()];
  await overApi('/access-tokens')(email, PASSWORD, home);

  const stored = JSON.stringify(await world.sql('select n::text from known_network n'));
  expect([stored.includes(email), stored.includes(home)]).toEqual([false, false]);
});
