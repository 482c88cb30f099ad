import { expect, test } from 'vitest';
import { api, logIn as logInOverApi } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { requestReset } from '../../domain/credentials/index.ts';
import { lockAccount, registerCustomer } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

async function linkOf(email: string) {
  await requestReset(world.app, email);
  return `/password/restore?token=${await linkToken(world, email)}`;
}
const restore = (link: string, pass = NEXT, confirm = pass, visitor = browser(world)) =>
  visitor.submit(link, 'restoreForm', { 'password.pass': pass, 'password.confirm': confirm });

/** The form, open in a browser; call the answer to send it. */
async function opened(link: string, password: string) {
  const visitor = browser(world);
  const { html } = await visitor.get(link);
  const token = /restoreForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const form = {
    'restoreForm[_token]': token,
    'restoreForm[restore_password_key]': link.split('=')[1] ?? '',
    'restoreForm[password][pass]': password,
    'restoreForm[password][confirm]': password,
  };
  return () => visitor.post('/password/restore', form);
}

async function logIn(email: string, password = PASSWORD, more: Record<string, string> = {}) {
  const visitor = browser(world);
  const { status } = await visitor.submit('/login', 'loginForm', { email, password, ...more });
  return { visitor, status };
}

test('the new password counts, the old one no longer does', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const answer = await restore(await linkOf(email), NEXT, NEXT, visitor);

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect((await visitor.get('/login')).html).toContain('role="status">Your new password is set.');
  expect((await visitor.get('/customer/overview')).status).toBe(302);
  expect((await logIn(email)).status).toBe(422);
  expect((await logIn(email, NEXT)).status).toBe(302);
  expect((await world.mails(email))[0]?.subject).toBe('Your password was changed');
});

test('every session, remembered device and refresh token ends', async () => {
  const { email } = await activeCustomer(world);
  const { visitor: phone } = await logIn(email);
  const { visitor: laptop } = await logIn(email, PASSWORD, { remember_me: '1' });
  const { accessToken, refreshToken } = await logInOverApi(world, email);
  const link = await linkOf(email);

  await restore(link, NEXT, NEXT, laptop);

  expect(laptop.jar.has('session')).toBe(false);
  for (const device of [phone, laptop]) expect((await device.get('/customer/overview')).status).toBe(302);
  expect((await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } })).status).toBe(401);
  expect((await api(world, 'GET', '/customers/mine', { token: accessToken })).status).not.toBe(200);
  // Forgotten devices no longer have attempts of their own.
  for (let attempt = 1; attempt <= 9; attempt++) await logIn(email, 'wrong');
  expect((await phone.submit('/login', 'loginForm', { email, password: NEXT })).status).toBe(429);
});

test('opening the link uses nothing up', async () => {
  const { email } = await activeCustomer(world);
  const link = await linkOf(email);

  for (let visit = 1; visit <= 3; visit++) expect((await browser(world).get(link)).status).toBe(200);

  expect((await logIn(email)).status).toBe(302);
  expect((await restore(link)).status).toBe(302);
});

test('a refused password says why and leaves the link', async () => {
  const { email } = await activeCustomer(world);
  const link = await linkOf(email);

  const short = await restore(link, 'so-short');
  expect(short.status).toBe(422);
  expect(short.html).toMatch(
    /id="restoreForm_password_pass_error"><p>Please use at least 12 characters\.<\/p><p>Please use at least one upper-case/,
  );
  const differs = await restore(link, NEXT, `${NEXT}!`);
  expect(differs.status).toBe(422);
  expect(differs.html).toContain('id="restoreForm_password_confirm_error"><p>The two passwords differ.');
  expect(differs.html).not.toContain(NEXT);
  expect((await restore(link, email)).status).toBe(422);

  expect((await restore(link)).status).toBe(302);
});

test('a mistake is announced, as on the other forms', async () => {
  const { email } = await activeCustomer(world);

  const { html } = await restore(await linkOf(email), 'short');

  expect(html).toContain('role="alert">Please check the marked fields.');
});

test('a link works once', async () => {
  const { email } = await activeCustomer(world);
  const link = await linkOf(email);
  const send = await opened(link, 'Third-Horse-9-Battery');
  await restore(link);

  const again = await send();

  expect(again.status).toBe(422);
  expect(again.html).toContain('role="alert">This link is invalid or was used already.');
  expect(again.html).toContain('href="/password/forgotten"');
  expect((await logIn(email, NEXT)).status).toBe(302);
});

test('of two uses at once one wins', async () => {
  const { email } = await activeCustomer(world);
  const link = await linkOf(email);

  const forms = await Promise.all(
    ['Third-Horse-9-Battery', 'Fourth-Horse-10-Battery'].map((password) => opened(link, password)),
  );
  const answers = await Promise.all(forms.map((send) => send()));

  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 422]);
});

test('a link works for two hours', async () => {
  const { email } = await activeCustomer(world);
  const link = await linkOf(email);

  world.now = later(world.now, 7190);
  expect((await browser(world).get(link)).status).toBe(200);
  world.now = later(world.now, 11);
  const late = await browser(world).get(link);

  expect(late.status).toBe(422);
  expect(late.html).toContain('role="alert">This link has expired.');
});

test('only the newest link works, and none of an account that was closed', async () => {
  const { id, email } = await activeCustomer(world);
  const [older, newer] = [await linkOf(email), await linkOf(email)];
  expect((await browser(world).get(older)).status).toBe(422);
  expect((await browser(world).get(newer)).status).toBe(200);

  await lockAccount(world.app, id);

  expect((await browser(world).get(newer)).status).toBe(422);
});

test('whoever has the link reads the mailbox: an unconfirmed address is confirmed', async () => {
  const { email } = await registerCustomer(world.app, somebody());

  await restore(await linkOf(email));

  expect((await logIn(email, NEXT)).status).toBe(302);
});

test('a block ends with the new password', async () => {
  const { email } = await activeCustomer(world);
  for (let attempt = 1; attempt <= 9; attempt++) await logIn(email, 'wrong');
  expect((await logIn(email)).status).toBe(429);
  await world.runJobs();

  await restore(await linkOf(email));

  expect((await logIn(email, NEXT)).status).toBe(302);
});

test('after a mistake the page can still be read in the other language', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const { html } = await restore(await linkOf(email), 'short', 'short', visitor);
  const german = /<a href="([^"]+)" lang="de"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';

  expect((await visitor.get(german)).html).toContain('Neues Passwort wählen');
});
