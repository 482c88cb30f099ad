import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';

const world = useApp();

async function loggedIn(email: string, headers: Record<string, string> = {}) {
  const visitor = browser(world, headers);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  return visitor;
}

test.for<[from: string, headers: Record<string, string>]>([
  ['typed', { 'Sec-Fetch-Site': 'none' }],
  ['a page of ours', { 'Sec-Fetch-Site': 'same-origin' }],
  ['a program', {}],
  ['a page of ours in an old browser', { Referer: 'http://shop.test/customer/overview' }],
])('opening the address logs out: %s', async ([, headers]) => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email, headers);

  const answer = await visitor.get('/logout');

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect((await visitor.get('/customer/overview')).status).toBe(302);
});

test.for<[from: string, headers: Record<string, string>]>([
  ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['another host of the site', { 'Sec-Fetch-Site': 'same-site' }],
  ['another site in an old browser', { Referer: 'http://shop.test.evil.example/' }],
  ['the same page in another language', { 'Sec-Fetch-Site': 'same-origin', Referer: 'http://shop.test/de/logout' }],
  ['the same page with a slash', { 'Sec-Fetch-Site': 'same-origin', Referer: 'http://shop.test/de/logout/?a=/b' }],
  ['a browser that fetches ahead', { 'Sec-Fetch-Site': 'same-origin', 'Sec-Purpose': 'prefetch' }],
])('opening the address from elsewhere only asks: %s', async ([, headers]) => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email);
  const elsewhere = browser(world, headers);
  for (const [name, value] of visitor.jar) elsewhere.jar.set(name, value);

  const { status, html } = await elsewhere.get('/logout');

  expect(status).toBe(200);
  expect(html).toContain('Do you want to log out on this device?');
  expect((await visitor.get('/customer/overview')).status).toBe(200);
});

test('the button logs out, and the old cookie is worth nothing', async () => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email);
  const session = visitor.jar.get('session') ?? '';

  const answer = await visitor.submit('/customer/profile', 'logoutForm', {});

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect(visitor.jar.has('session')).toBe(false);
  expect((await visitor.get('/login')).html).toContain('role="status">You are logged out.');
  visitor.jar.set('session', session);
  expect((await visitor.get('/customer/overview')).location).toBe('/login?target=%2Fcustomer%2Foverview');
});

test('other devices stay logged in', async () => {
  const { email } = await activeCustomer(world);
  const [phone, laptop] = [await loggedIn(email), await loggedIn(email)];

  await phone.get('/logout');

  expect((await laptop.get('/customer/overview')).status).toBe(200);
});

test('who is not logged in is sent to the log-in', async () => {
  expect((await browser(world).get('/logout')).location).toBe('/login');
});

test('whoever only asks for the headers stays logged in', async () => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email);
  const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');

  await fetch(`${world.url}/logout`, { method: 'HEAD', headers: { cookie }, redirect: 'manual' });

  expect((await visitor.get('/customer/overview')).status).toBe(200);
});
