import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';
import { lockAccount, registerCustomer } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();

const logIn = (
  visitor: ReturnType<typeof browser>,
  email: string,
  more: Record<string, string> = {},
  path = '/login',
) => visitor.submit(path, 'loginForm', { email, password: PASSWORD, ...more });

async function failNineTimes(email: string) {
  const stranger = browser(world);
  for (let attempt = 1; attempt <= 9; attempt++)
    expect((await logIn(stranger, email, { password: 'wrong' })).status).toBe(422);
  return stranger;
}

test('the right password leads to the overview', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const answer = await logIn(visitor, email);

  expect([answer.status, answer.location]).toEqual([302, '/customer/overview']);
  expect((await visitor.get('/customer/overview')).html).toContain('Hello Ida');
});

test('the address may be typed in other letters and with blanks around it', async () => {
  const { email } = await activeCustomer(world);

  expect((await logIn(browser(world), ` ${email.toUpperCase()} `)).status).toBe(302);
});

test('a sign-in gets a session id of its own, whatever the browser brought', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  visitor.jar.set('session', 'planted');

  await logIn(visitor, email);

  expect(visitor.jar.get('session')).toMatch(/^[\w-]{43}$/);
});

test('without "keep me signed in" the cookie ends with the browser and the session after an idle hour', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const answer = await logIn(visitor, email);

  expect(answer.headers.getSetCookie().find((cookie) => cookie.startsWith('session='))).not.toMatch(/max-age|expires/i);
  world.now = later(world.now, 3599);
  expect((await visitor.get('/customer/overview')).status).toBe(200);
  world.now = later(world.now, 3601);
  expect((await visitor.get('/customer/overview')).location).toBe('/login?target=%2Fcustomer%2Foverview');
});

test('a session in use ends after twelve hours', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  await logIn(visitor, email);

  const statuses = [];
  for (let half = 1; half <= 24; half++) {
    world.now = later(world.now, 1800);
    statuses.push((await visitor.get('/customer/overview')).status);
  }

  expect(statuses).toEqual([...Array.from({ length: 23 }, () => 200), 302]);
});

test('"keep me signed in" lasts a year', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const answer = await logIn(visitor, email, { remember_me: '1' });

  expect(answer.headers.getSetCookie().find((cookie) => cookie.startsWith('session='))).toContain('Max-Age=31536000');
  world.now = later(world.now, 364 * 86_400);
  expect((await visitor.get('/customer/overview')).status).toBe(200);
  world.now = later(world.now, 2 * 86_400);
  expect((await visitor.get('/customer/overview')).status).toBe(302);
});

test('a refused sign-in keeps the address, the choice and the way back, never the password', async () => {
  const { email } = await activeCustomer(world);

  const { status, html } = await logIn(browser(world), email, {
    password: 'canary-4711',
    remember_me: '1',
    target: '/customer/profile',
  });

  expect(status).toBe(422);
  expect(html).toContain('role="alert">This did not work.');
  expect(html).toContain(`value="${email}"`);
  expect(html).toMatch(/<input id="loginForm_remember_me"[^>]*checked=""/);
  expect(html).toContain('name="loginForm[target]" value="/customer/profile"');
  expect(html).not.toContain('canary-4711');
});

test('unknown, wrong, unconfirmed and locked accounts read the same', async () => {
  const { email } = await activeCustomer(world);
  const unconfirmed = await registerCustomer(world.app, somebody());
  const locked = await activeCustomer(world);
  await lockAccount(world.app, locked.id);

  const attempts: [string, string][] = [
    [email, 'wrong'],
    ['nobody@example.org', PASSWORD],
    [unconfirmed.email, PASSWORD],
    [locked.email, PASSWORD],
  ];
  const answers = [];
  for (const [address, password] of attempts) {
    const { status, html, headers } = await logIn(browser(world), address, { password });
    const names = headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
    answers.push({ status, names, html: html.replaceAll(address, 'ADDRESS').replace(/_token\]" value="[^"]+"/g, '') });
  }

  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test('the ninth failure blocks, the right password included, in the language of the page', async () => {
  const { email } = await activeCustomer(world);
  const visitor = await failNineTimes(email);

  const blocked = await logIn(visitor, email);
  expect(blocked.status).toBe(429);
  expect(blocked.html).toContain(
    'role="alert">Too many attempts. Please wait 6 minutes. If this address has an account, we sent it a link',
  );
  expect((await logIn(visitor, email, {}, '/de/login')).html).toContain(
    'role="alert">Zu viele Versuche. Bitte warten Sie 6 Minuten.',
  );
  expect((await world.mails(email))[0]?.subject).toBe('Sign-ins to your account are paused');

  world.now = later(world.now, 361);
  expect((await logIn(visitor, email)).status).toBe(302);
});

test('an address without an account is blocked just the same', async () => {
  const visitor = await failNineTimes('nobody.at.all@example.org');

  expect((await logIn(visitor, 'nobody.at.all@example.org')).status).toBe(429);
});

test('a stranger does not lock out a browser that signed in before', async () => {
  const { email } = await activeCustomer(world);
  const known = browser(world);
  await logIn(known, email);
  await known.submit('/customer/overview', 'logoutForm', {});

  await failNineTimes(email);

  expect((await logIn(known, email)).status).toBe(302);
});

test('success forgets the failures before it', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  for (let round = 1; round <= 2; round++) {
    for (let attempt = 1; attempt <= 5; attempt++)
      expect((await logIn(visitor, email, { password: 'wrong' })).status).toBe(422);
    expect((await logIn(visitor, email)).status).toBe(302);
    visitor.jar.clear();
  }
});

test('a page of the account leads to the sign-in and back', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const sent = await visitor.get('/customer/profile');

  expect([sent.status, sent.location]).toEqual([302, '/login?target=%2Fcustomer%2Fprofile']);
  expect((await logIn(visitor, email, {}, sent.location ?? '')).location).toBe('/customer/profile');
});

test.for([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  'customer/profile',
  '',
  '/login',
  '/logout',
  '/logout/',
  '/de/logout',
  '/DE/en/logout/',
  '/logout//',
  '/customer//profile',
])('after the sign-in nobody is sent to %j', async (target) => {
  const { email } = await activeCustomer(world);

  expect((await logIn(browser(world), email, {}, `/login?target=${encodeURIComponent(target)}`)).location).toBe(
    '/customer/overview',
  );
  expect((await logIn(browser(world), email, { target })).location).toBe('/customer/overview');
});

test('who is signed in is sent on to the overview', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  await logIn(visitor, email);

  for (const path of ['/login', '/login_check', '/register', '/'])
    expect((await visitor.get(path)).location).toBe('/customer/overview');
});

test('the address that takes the form shows it when it is opened', async () => {
  const { status, html } = await browser(world).get('/login_check');

  expect(status).toBe(200);
  expect(html).toContain('id="loginForm_email"');
});

test.for(['order', 'order/details', 'address/new', 'newsletter', 'delete'])(
  'a guest at /customer/%s is sent to sign in first, whether there is such a page yet or not',
  async (page) => {
    const { status, location } = await browser(world).get(`/en/customer/${page}`);

    expect([status, location]).toEqual([302, `/en/login?target=${encodeURIComponent(`/customer/${page}`)}`]);
  },
);

test.for(['text/html,application/xhtml+xml', 'Text/HTML', 'application/xhtml+xml,text/html;q=0.9'])(
  'so is one who accepts %s',
  async (accept) => {
    const { status } = await browser(world, { Accept: accept }).get('/customer/order');

    expect(status).toBe(302);
  },
);

test('so is a guest at a wish list; a customer reads that there is none', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  expect((await visitor.get('/wishlist')).status).toBe(302);

  await logIn(visitor, email);

  const { status, html } = await visitor.get('/wishlist');
  expect(status).toBe(404);
  expect(html).toContain('<h1>Page not found</h1>');
});

test.for<[method: string, path: string, accept: string | undefined]>([
  ['GET', '/customer', 'application/json'],
  ['GET', '/customer', '*/*'],
  ['GET', '/company/x', 'application/vnd.api+json'],
  ['GET', '/comment', 'application/vnd.api+json, */*'],
  ['HEAD', '/customer', 'application/vnd.api+json'],
  ['POST', '/customer', '*/*'],
  ['PATCH', '/customer/x', undefined],
])('a program that asks for %s %s (%s) reads that there is no such resource', async ([method, path, accept]) => {
  const answer = await api(world, method, path, {
    headers: accept ? { Accept: accept } : {},
    ...(method === 'POST' || method === 'PATCH' ? { attributes: {} } : {}),
  });

  const text = method === 'HEAD' ? '' : '{"errors":[{"status":404,"detail":"Not Found"}]}';
  expect(answer).toMatchObject({ status: 404, text });
});
