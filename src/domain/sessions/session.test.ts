import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import type { App } from '../../platform/app.ts';
import { changePassword, resetPassword, revokePassword } from '../credentials/index.ts';
import { anonymizeCustomer, lockAccount, registerCustomer, unlockAccount } from '../customers/index.ts';
import { issueLink } from '../links/index.ts';
import { refreshTokens, signIn, signInForTokens } from '../sign-in/index.ts';
import { endSessionById, resumeSession, startSession, sweepSessions } from './index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

async function customer() {
  const registered = await registerCustomer(world.app, somebody());
  await world.sql('update customer set verified_at = created_at where id = $1', [registered.id]);
  return registered;
}

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

const sessionsOf = (id: string) => world.sql('select remembered from session where customer_id = $1', [id]);

/** A browser after its log-in. */
async function loggedIn(email: string, password = PASSWORD, remember = false) {
  const visitor = browser(world);
  const answer = await visitor.submit('/login', 'loginForm', {
    email,
    password,
    ...(remember ? { remember_me: '1' } : {}),
  });
  expect(answer.status).toBe(302);
  return visitor;
}

/** Whether a browser is still logged in. */
const isIn = async (visitor: ReturnType<typeof browser>) => (await visitor.get('/customer/overview')).status === 200;

test('an hour without a request ends a log-in, requests keep it', async () => {
  const { email } = await customer();
  const visitor = await loggedIn(email);

  for (let at = 0; at < 3; at++) {
    pass(3590);
    expect(await isIn(visitor)).toBe(true);
  }
  pass(3600);
  expect(await isIn(visitor)).toBe(false);
});

test('after twelve hours a log-in ends however busy it was', async () => {
  const { email } = await customer();
  const visitor = await loggedIn(email);

  for (let at = 0; at < 23; at++) {
    pass(1800);
    expect(await isIn(visitor)).toBe(true);
  }
  pass(1800);
  expect(await isIn(visitor)).toBe(false);
});

test('a remembered log-in lasts a year, used or not', async () => {
  const { email } = await customer();
  const visitor = await loggedIn(email, PASSWORD, true);

  pass(364 * 86_400);
  expect(await isIn(visitor)).toBe(true);
  pass(86_400);
  expect(await isIn(visitor)).toBe(false);
});

const cookie = (headers: Headers, name: string) =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`)) ?? '';

test('only the cookie of a remembered log-in outlives the browser', async () => {
  const { email } = await customer();
  const answers = [
    await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD }),
    await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD, remember_me: '1' }),
  ];

  const [brief, remembered] = answers.map(({ headers }) => cookie(headers, 'session'));
  expect(brief).toMatch(/; HttpOnly/);
  expect(brief).toMatch(/; SameSite=Lax/);
  expect(brief).not.toMatch(/Max-Age|Expires/i);
  expect(remembered).toMatch(/; Max-Age=31536000/);
});

test('a session cookie that was planted before the log-in is not taken over', async () => {
  const { email } = await customer();
  const visitor = browser(world);
  visitor.jar.set('session', 'planted');

  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });

  expect(visitor.jar.get('session')).toMatch(/^[\w-]{43}$/);
  expect(await isIn(visitor)).toBe(true);
});

test('of a session and a device only hashes are stored', async () => {
  const { id, email } = await customer();
  const { jar } = await loggedIn(email);

  const stored = JSON.stringify([
    ...(await world.sql('select s::text from session s where customer_id = $1', [id])),
    ...(await world.sql('select d::text from known_device d where customer_id = $1', [id])),
  ]);
  for (const name of ['session', 'device']) {
    expect(jar.get(name)).toBeTypeOf('string');
    expect(stored).not.toContain(jar.get(name));
    expect(stored).not.toContain(Buffer.from(jar.get(name) ?? '', 'base64url').toString('hex'));
  }
});

test('several devices are logged in at once; logging out ends this one', async () => {
  const { email } = await customer();
  const [phone, laptop] = [await loggedIn(email), await loggedIn(email)];
  const copied = phone.jar.get('session') ?? '';

  await phone.submit('/logout', 'logoutForm', {});

  expect(await isIn(laptop)).toBe(true);
  phone.jar.set('session', copied);
  expect(await isIn(phone)).toBe(false);
});

test('customers end one of their log-ins, and nobody the log-in of another', async () => {
  const [jane, john] = [await customer(), await customer()];
  const [phone, laptop] = [
    await startSession(world.app, { customerId: jane.id, remembered: false }),
    await startSession(world.app, { customerId: jane.id, remembered: true }),
  ];

  await endSessionById(world.app, john.id, laptop.id);
  expect(await resumeSession(world.app, laptop.token)).toBeDefined();
  await endSessionById(world.app, jane.id, laptop.id);
  expect(await resumeSession(world.app, laptop.token)).toBeUndefined();
  expect(await resumeSession(world.app, phone.token)).toBeDefined();
  await expect(endSessionById(world.app, jane.id, 'no id')).resolves.toBeUndefined();
});

test('changing the password ends every log-in but the own, remembered ones and tokens too', async () => {
  const { email } = await customer();
  const [own, other, remembered] = [
    await loggedIn(email),
    await loggedIn(email),
    await loggedIn(email, PASSWORD, true),
  ];
  const tokens = await logIn(world, email);

  const { html } = await own.get('/customer/profile');
  const token = /name="passwordForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const answer = await own.post('/customer/profile', {
    'passwordForm[_token]': token,
    'passwordForm[password]': PASSWORD,
    'passwordForm[new_password][password]': NEXT,
    'passwordForm[new_password][confirm]': NEXT,
  });

  expect(answer.status).toBe(302);
  expect([await isIn(own), await isIn(other), await isIn(remembered)]).toEqual([true, false, false]);
  expect((await api(world, 'GET', '/customers', { token: tokens.accessToken })).status).toBe(401);
  await expect(refreshTokens(world.app, tokens.refreshToken)).rejects.toThrow('tokens.refresh-refused');
});

type Event = [what: string, happen: (id: string) => Promise<unknown>];
const endings: Event[] = [
  [
    'a change of password over the API',
    (customerId) => changePassword(world.app, { customerId, current: PASSWORD, next: NEXT }),
  ],
  ['a reset', async (id) => resetPassword(world.app, await issueLink(world.app, 'reset', id), NEXT)],
  ['a revocation', (id) => revokePassword(world.app, id)],
  ['a lock', (id) => lockAccount(world.app, id)],
  ['a lock that was lifted again', async (id) => unlockAccount(world.app, (await lockAccount(world.app, id)).id)],
  ['an anonymization', (id) => anonymizeCustomer(world.app, id)],
];

test.for(endings)(
  '%s ends every log-in, remembered ones and known devices too, with the next request',
  async ([, happen]) => {
    const { id, email } = await customer();
    const visitors = [await loggedIn(email), await loggedIn(email, PASSWORD, true)];

    await happen(id);

    for (const visitor of visitors) {
      expect(await visitor.get('/customer/overview')).toMatchObject({
        status: 302,
        location: '/login?target=%2Fcustomer%2Foverview',
      });
    }
    expect(await sessionsOf(id)).toEqual([]);
    expect(await world.sql('select 1 from known_device where customer_id = $1', [id])).toEqual([]);
  },
);

test.for(endings)('%s ends access and refresh tokens', async ([, happen]) => {
  const { id, email } = await customer();
  const { accessToken, refreshToken } = await logIn(world, email);

  await happen(id);

  expect((await api(world, 'GET', '/customers', { token: accessToken })).status).toBe(401);
  await expect(refreshTokens(world.app, refreshToken)).rejects.toThrow('tokens.refresh-refused');
});

/** What must hold although it happens between the look at a password and the log-in. */
const races = endings.filter(([what]) => what !== 'a lock that was lifted again');

/** An App in which something happens while a password is being verified. */
const meanwhile = (happen: () => Promise<unknown>): App => ({
  ...world.app,
  hasher: {
    ...world.app.hasher,
    async verify(...given) {
      const right = await world.app.hasher.verify(...given);
      await happen();
      return right;
    },
  },
});

test.for(races)('%s while a log-in is under way leaves no log-in behind', async ([, happen]) => {
  const { id, email } = await customer();
  const app = meanwhile(() => happen(id));

  const attempt = signIn(app, { email, password: PASSWORD, door: 'customer', clears: true }, (app, { id }) =>
    startSession(app, { customerId: id, remembered: true }),
  );

  await expect(attempt).rejects.toThrow('sign-in.refused');
  expect(await sessionsOf(id)).toEqual([]);
});

test.for(races)('%s while tokens are asked for leaves no refresh token behind', async ([, happen]) => {
  const { id, email } = await customer();

  await signInForTokens(
    meanwhile(() => happen(id)),
    { email, password: PASSWORD, door: 'token', clears: false },
  ).catch(() => undefined);

  expect(await world.sql('select 1 from refresh_token where customer_id = $1 and revoked_at is null', [id])).toEqual(
    [],
  );
});

test('a change of password is refused when a reset overtakes it', async () => {
  const { id: customerId } = await customer();
  const reset = async () => resetPassword(world.app, await issueLink(world.app, 'reset', customerId), NEXT);

  const late = changePassword(meanwhile(reset), { customerId, current: PASSWORD, next: 'Thief-Horse-9-Battery' });

  await expect(late).rejects.toThrow('credentials.password-wrong');
});

test('strangers do not lock a customer out of a browser that logged in before', async () => {
  const { email } = await customer();
  const known = await loggedIn(email);
  await known.submit('/logout', 'logoutForm', {});
  for (let at = 0; at < 9; at++) await browser(world).submit('/login', 'loginForm', { email, password: 'wrong' });

  const stranger = await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD });
  expect(stranger.status).toBe(429);
  const owner = await known.submit('/login', 'loginForm', { email, password: PASSWORD });
  expect(owner.status).toBe(302);
});

test('what a shared computer knew of one customer is not known of the next', async () => {
  const [jane, john] = [await customer(), await customer()];
  const shared = await loggedIn(jane.email);
  const device = shared.jar.get('device');
  await shared.submit('/logout', 'logoutForm', {});

  await shared.submit('/login', 'loginForm', { email: john.email, password: PASSWORD });

  expect(shared.jar.get('device')).not.toBe(device);
});

test('pages of the account are kept in no cache', async () => {
  const { email } = await customer();
  const visitor = await loggedIn(email);

  for (const path of ['/customer/overview', '/customer/profile', '/login'])
    expect((await visitor.get(path)).headers.get('cache-control')).toMatch(/^no-store\b/);
});

test('ended sessions and forgotten devices are removed, others stay', async () => {
  const { id, email } = await customer();
  await loggedIn(email);
  await loggedIn(email, PASSWORD, true);
  pass(3700);
  await sweepSessions.start(world.app, {});
  expect(await sessionsOf(id)).toMatchObject([{ remembered: true }]);

  pass(366 * 86_400);
  await sweepSessions.start(world.app, {});
  expect(await sessionsOf(id)).toEqual([]);
  expect(await world.sql('select 1 from known_device where customer_id = $1', [id])).toEqual([]);
});
