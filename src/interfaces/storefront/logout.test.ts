import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';

const world = useApp();

async function loggedIn(email: string) {
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  return visitor;
}

test('opening the address only asks', async () => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email);

  const { status, html } = await visitor.get('/logout');

  expect(status).toBe(200);
  expect(html).toContain('Do you want to sign out on this device?');
  expect((await visitor.get('/customer/overview')).status).toBe(200);
});

test('the button logs out, and the old cookie is worth nothing', async () => {
  const { email } = await activeCustomer(world);
  const visitor = await loggedIn(email);
  const session = visitor.jar.get('session') ?? '';

  const answer = await visitor.submit('/customer/profile', 'logoutForm', {});

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect(visitor.jar.has('session')).toBe(false);
  expect((await visitor.get('/login')).html).toContain('role="status">You are signed out.');
  visitor.jar.set('session', session);
  expect((await visitor.get('/customer/overview')).location).toBe('/login?target=%2Fcustomer%2Foverview');
});

test('other devices stay signed in', async () => {
  const { email } = await activeCustomer(world);
  const [phone, laptop] = [await loggedIn(email), await loggedIn(email)];

  await phone.submit('/logout', 'logoutForm', {});

  expect((await laptop.get('/customer/overview')).status).toBe(200);
});

test('who is not signed in is sent to the sign-in', async () => {
  expect((await browser(world).get('/logout')).location).toBe('/login');
});
