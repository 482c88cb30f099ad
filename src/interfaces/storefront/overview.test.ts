import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { lockAccount } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();
const firefox = { 'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0' };
const iphone = {
  'User-Agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
};

async function loggedIn(email: string, headers: Record<string, string> = firefox, more: Record<string, string> = {}) {
  const visitor = browser(world, headers);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD, ...more });
  return visitor;
}
const overview = async (visitor: ReturnType<typeof browser>, path = '/customer/overview') =>
  (await visitor.get(path)).html;

test('customers see who they are', async () => {
  const { email, reference } = await activeCustomer(world);

  const html = await overview(await loggedIn(email));

  for (const text of ['Hello Ida', 'Ida Noor', email, reference, 'January 1, 2026']) expect(html).toContain(text);
});

test('in German too', async () => {
  const { email } = await activeCustomer(world);

  const html = await overview(await loggedIn(email), '/de/customer/overview');

  for (const text of ['Guten Tag Ida', 'Kundennummer', '1. Januar 2026', 'Dieses Gerät']) expect(html).toContain(text);
});

test('customers see where they are signed in and end any of it', async () => {
  const { email } = await activeCustomer(world);
  const laptop = await loggedIn(email);
  const phone = await loggedIn(email, iphone);

  const list = await overview(laptop);
  expect(list).toContain('Firefox, Windows');
  expect(list).toContain('Safari, iOS');
  expect(list.match(/This device/g)).toHaveLength(1);
  expect(list.match(/Sign out there/g)).toHaveLength(1);

  const answer = await laptop.submit('/customer/overview', 'sessionForm', {});
  expect([answer.status, answer.location]).toEqual([302, '/customer/overview']);
  const after = await overview(laptop);
  expect(after).toContain('role="status">That device is signed out.');
  expect(after).not.toContain('Safari, iOS');
  expect((await phone.get('/customer/overview')).status).toBe(302);
});

test("nobody ends somebody else's sign-in", async () => {
  const [ida, eve] = [await activeCustomer(world), await activeCustomer(world)];
  const [phone, laptop] = [await loggedIn(ida.email, iphone), await loggedIn(ida.email)];
  const id = /sessionForm\[id\]" value="([^"]+)"/.exec(await overview(phone))?.[1] ?? '';
  const [stranger] = [await loggedIn(eve.email), await loggedIn(eve.email)];

  const answer = await stranger.submit('/customer/overview', 'sessionForm', { id });

  expect(answer.status).toBe(302);
  expect((await laptop.get('/customer/overview')).status).toBe(200);
});

test('what is no sign-in ends nothing', async () => {
  const { email } = await activeCustomer(world);
  const [phone, laptop] = [await loggedIn(email, iphone), await loggedIn(email)];

  for (const id of ['', 'x', "' or 1=1"]) {
    expect((await phone.submit('/customer/overview', 'sessionForm', { id })).status).toBe(302);
  }
  expect((await laptop.get('/customer/overview')).status).toBe(200);
});

test('sign-ins that have ended are not on the list', async () => {
  const { email } = await activeCustomer(world);
  await loggedIn(email, iphone);
  world.now = later(world.now, 7200);

  expect(await overview(await loggedIn(email))).not.toContain('Safari, iOS');
});

test('times are those of the store', async () => {
  const { email } = await activeCustomer(world);
  await loggedIn(email, iphone, { remember_me: '1' });
  const berlin = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone: 'Europe/Berlin' }).format(world.now);

  expect(await overview(await loggedIn(email))).toContain(berlin);
});

test('a name cannot become mark-up', async () => {
  const { email, id } = await activeCustomer(world);
  await world.sql(`update customer set first_name = '<b>Ida</b>', last_name = '"><script>' where id = $1`, [id]);

  const html = await overview(await loggedIn(email));

  expect(html).toContain('Hello &lt;b&gt;Ida&lt;/b&gt;');
  expect(html).not.toMatch(/<(b|script)>/);
});

test('who has no first name is greeted without one', async () => {
  const { email, id } = await activeCustomer(world);
  await world.sql('update customer set first_name = null where id = $1', [id]);

  expect(await overview(await loggedIn(email))).toContain('<h1>Hello</h1>');
});

test('a closed account is shut out with its next request', async () => {
  const { email, id } = await activeCustomer(world);
  const visitor = await loggedIn(email, firefox, { remember_me: '1' });

  await lockAccount(world.app, id);

  expect((await visitor.get('/customer/overview')).location).toBe('/login?target=%2Fcustomer%2Foverview');
});

test('the address of the list itself leads to the overview', async () => {
  const { email } = await activeCustomer(world);

  expect((await (await loggedIn(email)).get('/customer/sessions')).location).toBe('/customer/overview');
  expect((await browser(world).get('/customer/sessions')).location).toMatch(/^\/login\?/);
});
