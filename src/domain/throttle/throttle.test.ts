import { expect, onTestFinished, test } from 'vitest';
import { api, errorsOf } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import type { App } from '../../platform/app.ts';
import { openMemory } from '../../platform/memory.ts';
import { overloaded } from '../../platform/problem.ts';
import { startServer } from '../../server.ts';
import { changePassword, requestReset } from '../credentials/index.ts';
import { registerCustomer, resendConfirmation } from '../customers/index.ts';
import { rememberDevice } from '../sessions/index.ts';
import { type Credentials, signIn, signInRefused, unblock, unblockByLink } from '../sign-in/index.ts';
import { admitGuess, sweepThrottle, tooManyAttempts } from './index.ts';

const world = useApp({
  SIGN_IN_ATTEMPTS: '3',
  SIGN_IN_ACCOUNT_ATTEMPTS: '7',
  SIGN_IN_NETWORK_ATTEMPTS: '12',
  AGENT_SIGN_IN_BLOCK_SECONDS: '1200',
  MAIL_REQUESTS: '2',
  TRUSTED_PROXIES: '127.0.0.1',
});

let networks = 0;
/** A network nobody came from yet. */
const elsewhere = () => `192.0.2.${(networks += 1)}`;
const from = (network: string): App => ({
  ...world.app,
  memory: openMemory(),
  origin: { door: 'pages', actor: 'anyone', network },
});

/** How a log-in ended. */
async function guess(email: string, password: string, network: string, options: Partial<Credentials> = {}) {
  try {
    return await signIn(
      from(network),
      { email, password, door: 'customer', clears: true, ...options },
      async () => 'in' as const,
    );
  } catch (error) {
    if (signInRefused.is(error)) return 'wrong' as const;
    if (tooManyAttempts.is(error)) return 'blocked' as const;
    throw error;
  }
}

async function guesses(count: number, email: string, network: string, options: Partial<Credentials> = {}) {
  const ends: string[] = [];
  for (let at = 0; at < count; at++) ends.push(await guess(email, 'wrong', network, options));
  return ends;
}

async function customer() {
  const registered = await registerCustomer(world.app, somebody());
  await world.sql('update customer set verified_at = created_at where id = $1', [registered.id]);
  return registered;
}

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

test('at the limit even the right password is refused, until the block is over', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];

  expect(await guesses(4, email, network)).toEqual(['wrong', 'wrong', 'wrong', 'blocked']);
  expect(await guess(email, PASSWORD, network)).toBe('blocked');
  pass(350);
  expect(await guess(email, PASSWORD, network)).toBe('blocked');
  pass(11);
  expect(await guess(email, PASSWORD, network)).toBe('in');
});

test('an address without an account is blocked like one with', async () => {
  const network = elsewhere();

  expect(await guesses(4, 'nobody@example.org', network)).toEqual(['wrong', 'wrong', 'wrong', 'blocked']);
});

test('attempts during a block do not lengthen it', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(3, email, network);

  for (let minute = 0; minute < 6; minute++) {
    pass(59);
    await guesses(3, email, network);
  }
  pass(10);
  expect(await guess(email, PASSWORD, network)).toBe('in');
});

test('after a block there are as many attempts as before it', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(3, email, network);
  pass(361);

  expect(await guesses(4, email, network)).toEqual(['wrong', 'wrong', 'wrong', 'blocked']);
});

test('failures further apart than the window do not add up', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];

  for (let at = 0; at < 6; at++) {
    expect(await guess(email, 'wrong', network)).toBe('wrong');
    pass(451);
  }
});

test('a network that guesses at agents is closed for as long as one that guesses at customers', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  for (let at = 0; at < 12; at++) {
    const admission = await admitGuess(from(network), { door: 'agent', account: `agent.${at}@shop.example`, network });
    await admission.failed(from(network));
  }

  expect(await guess(email, PASSWORD, network)).toBe('blocked');
  pass(361);
  expect(await guess(email, PASSWORD, network)).toBe('in');
});

test('other accounts and other networks stay open', async () => {
  const [jane, john, network] = [await customer(), await customer(), elsewhere()];
  await guesses(3, jane.email, network);

  expect(await guess(john.email, PASSWORD, network)).toBe('in');
  expect(await guess(jane.email, PASSWORD, elsewhere())).toBe('in');
});

test('an account is blocked for failures from many networks', async () => {
  const { email } = await customer();
  for (let at = 0; at < 7; at++) expect(await guess(email, 'wrong', elsewhere())).toBe('wrong');

  expect(await guess(email, PASSWORD, elsewhere())).toBe('blocked');
});

test('a network is blocked for failures at many accounts', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  for (let at = 0; at < 12; at++) expect(await guess(`nobody.${at}@example.org`, 'wrong', network)).toBe('wrong');

  expect(await guess(email, PASSWORD, network)).toBe('blocked');
});

test('success forgets the failures before it where it should', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(2, email, network);
  await guess(email, PASSWORD, network, { clears: true });
  expect(await guesses(2, email, network)).toEqual(['wrong', 'wrong']);

  await guess(email, PASSWORD, network, { clears: false });
  expect(await guesses(2, email, network)).toEqual(['wrong', 'blocked']);
});

test('each door has attempts of its own', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(3, email, network, { door: 'customer' });

  expect(await guesses(3, email, network, { door: 'token' })).toEqual(['wrong', 'wrong', 'wrong']);
});

/** Asks the door that takes an address as it is for tokens. */
const token = (username: string, password: string, network: string) =>
  api(world, 'POST', '/token', {
    body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Forwarded-For': network },
  });

test.for([
  ['another letter case', (email: string) => email.toUpperCase()],
  ['a blank before', (email: string) => ` ${email}`],
  ['a blank behind', (email: string) => `${email} `],
  ['a line break behind', (email: string) => `${email}\n`],
] as const)('%s does not make an address another account', async ([, spell]) => {
  const [{ email }, network] = [await customer(), elsewhere()];
  for (let at = 0; at < 3; at++) await token(email, 'wrong', network);

  expect((await token(email, PASSWORD, network)).status).toBe(400);
  expect((await token(spell(email), PASSWORD, network)).status).toBe(400);
});

test('of many guesses at once, on two instances, only as many are evaluated as may fail', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];

  const ends = await Promise.all(Array.from({ length: 30 }, () => guess(email, 'wrong', network)));

  expect(ends.filter((end) => end === 'wrong')).toHaveLength(3);
});

test('of many guesses at once from as many networks only as many are evaluated as an account may fail', async () => {
  const { email } = await customer();

  const ends = await Promise.all(Array.from({ length: 30 }, () => guess(email, 'wrong', elsewhere())));

  expect(ends.filter((end) => end === 'wrong').length).toBeLessThanOrEqual(7);
});

test('an attempt that never ended, as after a crash, is forgotten after half a minute', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  for (let at = 0; at < 3; at++) await admitGuess(world.app, { door: 'customer', account: email, network });

  expect(await guess(email, PASSWORD, network)).toBe('blocked');
  pass(31);
  expect(await guess(email, PASSWORD, network)).toBe('in');
});

test('strangers do not lock a customer out of a device that logged in before', async () => {
  const [{ id, email }, network] = [await customer(), elsewhere()];
  const device = await rememberDevice(world.app, id, undefined);
  for (let at = 0; at < 7; at++) await guess(email, 'wrong', at < 3 ? network : elsewhere());

  expect(await guess(email, PASSWORD, network)).toBe('blocked');
  expect(await guess(email, PASSWORD, network, { device })).toBe('in');
});

test('a known device is good for as many guesses as anybody has', async () => {
  const { id, email } = await customer();
  const device = await rememberDevice(world.app, id, undefined);

  for (let at = 0; at < 3; at++) expect(await guess(email, 'wrong', elsewhere(), { device })).toBe('wrong');
  expect(await guess(email, PASSWORD, elsewhere(), { device })).toBe('blocked');
});

test("somebody else's device, or an invented one, opens nothing", async () => {
  const [{ email }, { id: thief }, network] = [await customer(), await customer(), elsewhere()];
  const device = await rememberDevice(world.app, thief, undefined);
  await guesses(3, email, network);

  expect(await guess(email, PASSWORD, network, { device })).toBe('blocked');
  expect(await guess(email, PASSWORD, network, { device: 'invented' })).toBe('blocked');
});

test('the owner is mailed a link that lifts the block; it works once', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(3, email, network);
  const token = await linkToken(world, email);

  await unblockByLink(world.app, token);
  expect(await guess(email, PASSWORD, network)).toBe('in');
  await expect(unblockByLink(world.app, token)).rejects.toThrow('links.invalid');
});

test('a block mails its owner once, however many attempts follow', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(9, email, network);

  const unlocks = (await world.mails(email)).filter(({ text }) => text.includes('/login/unlock?'));
  expect(unlocks).toHaveLength(1);
});

test('staff lift every block of an account', async () => {
  const { id, email } = await customer();
  for (let at = 0; at < 7; at++) await guess(email, 'wrong', elsewhere());

  await unblock(world.app, id);

  expect(await guess(email, PASSWORD, elsewhere())).toBe('in');
});

test('guesses at the current password of an open account are counted, and a block reads like a wrong one', async () => {
  const [{ id: customerId }, network] = [await customer(), elsewhere()];
  const change = (current: string) =>
    changePassword(from(network), { customerId, current, next: 'Another-Horse-8-Battery' });
  for (let at = 0; at < 3; at++) await expect(change('wrong')).rejects.toThrow('credentials.password-wrong');

  await expect(change(PASSWORD)).rejects.toThrow('credentials.password-wrong');
  pass(361);
  await expect(change(PASSWORD)).resolves.toBeUndefined();
});

const busy = (app: App): App => ({
  ...app,
  hasher: { ...app.hasher, verify: () => Promise.reject(overloaded({ retryAfterSeconds: 2 })) },
});

test('a log-in that was turned away as too much is no failure', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  const attempt = () =>
    signIn(busy(from(network)), { email, password: PASSWORD, door: 'customer', clears: true }, async () => 'in');
  for (let at = 0; at < 4; at++) await expect(attempt()).rejects.toThrow('overloaded');

  expect(await guess(email, PASSWORD, network)).toBe('in');
});

test('a change of password that was turned away as too much is no failure', async () => {
  const [{ id: customerId }, network] = [await customer(), elsewhere()];
  const change = (app: App) => changePassword(app, { customerId, current: PASSWORD, next: 'Another-Horse-8-Battery' });
  for (let at = 0; at < 3; at++) await expect(change(busy(from(network)))).rejects.toThrow('overloaded');

  await expect(change(from(network))).resolves.toBeUndefined();
});

test.for([
  ['reset links', 'password/restore', (app: App, email: string) => requestReset(app, email)],
  ['confirmation links', 'register/confirm', (app: App, email: string) => resendConfirmation(app, email)],
] as const)(
  'an account is mailed so many %s in a quarter of an hour, and nobody is told of the next',
  async ([, path, ask]) => {
    const { email } = await registerCustomer(world.app, somebody());
    await world.mails();
    const mailed = async () =>
      (await world.sql(`select id from mailbox where "to" = $1 and text like $2`, [email, `%/${path}?%`])).length;
    const before = await mailed();

    for (let at = 0; at < 4; at++) {
      // Past the cool-down between two of them.
      pass(61);
      await expect(ask(from(elsewhere()), email)).resolves.toBeUndefined();
      await world.mails();
    }
    expect((await mailed()) - before).toBe(2);
    pass(901);
    await ask(from(elsewhere()), email);
    await world.mails();
    expect((await mailed()) - before).toBe(3);
  },
);

test('a network asks for ten times as many mails, whoever they are for', async () => {
  const network = elsewhere();
  for (let at = 0; at < 20; at++) await requestReset(from(network), `nobody.${at}@example.org`);
  const { email } = await customer();
  await world.mails();

  await requestReset(from(network), email);
  expect((await world.mails(email)).filter(({ text }) => text.includes('/password/restore'))).toEqual([]);
});

const post = (email: string, forwarded: string, at = world) =>
  api(at, 'POST', '/access-tokens', {
    attributes: { username: email, password: 'wrong' },
    headers: { 'X-Forwarded-For': forwarded },
  });

test('addresses of one IPv6 /64 count together, however they are written', async () => {
  const { email } = await customer();
  for (const address of ['2001:db8:7::1', '2001:DB8:7:0:ffff::2', '2001:0db8:0007:0000:abcd:0:0:3'])
    expect(errorsOf(await post(email, address))).toEqual(['401/003']);

  expect(errorsOf(await post(email, '2001:db8:7::4'))).toEqual(['429/4401']);
  expect(errorsOf(await post(email, '2001:db8:7:1::1'))).toEqual(['401/003']);
});

test('X-Forwarded-For is believed of configured proxies alone', async () => {
  const { email } = await customer();
  const server = await startServer({ ...world.app, config: { ...world.app.config, TRUSTED_PROXIES: [] } });
  onTestFinished(() => server.close());
  const direct = { ...world, url: `http://127.0.0.1:${server.port}` };
  for (let at = 0; at < 3; at++) expect(errorsOf(await post(email, elsewhere(), direct))).toEqual(['401/003']);

  expect(errorsOf(await post(email, elsewhere(), direct))).toEqual(['429/4401']);
});

test('counters hold no address, and nothing that is spent is kept', async () => {
  const [{ email }, network] = [await customer(), elsewhere()];
  await guesses(3, email, network);
  expect(
    await world.sql('select t from throttle t where position($1 in t::text) > 0 or position($2 in t::text) > 0', [
      email,
      network,
    ]),
  ).toEqual([]);

  pass(7200);
  await sweepThrottle.start(world.app, {});
  expect(await world.sql('select key from throttle')).toEqual([]);
});
