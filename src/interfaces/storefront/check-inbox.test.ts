import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { requestReset } from '../../domain/credentials/index.ts';
import { registerCustomer } from '../../domain/customers/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

const register = (visitor: ReturnType<typeof browser>, email: string) =>
  visitor.submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: 'Ida',
    last_name: 'Noor',
    email,
    'password.pass': PASSWORD,
    'password.confirm': PASSWORD,
    accept_terms: '1',
  });

test('after a registration the page says where the email went and sends it again', async () => {
  const { email } = somebody();
  const visitor = browser(world);
  const { location } = await register(visitor, email);

  const { html } = await visitor.get(location ?? '');
  expect(html).toContain(`We sent an email to ${email}.`);
  expect(html).toContain(`value="${email}"`);
  const again = await visitor.submit(location ?? '', 'resendForm', { email });

  expect(again.status).toBe(200);
  expect(again.html).toContain('role="status">If this address waits for confirmation');
});

test('sending again answers the same for an address that has no account', async () => {
  const [known, unknown] = [somebody().email, somebody().email];
  await register(browser(world), known);

  const answers = [];
  for (const email of [known, unknown]) {
    const { status, html } = await browser(world).submit('/register/check-inbox', 'resendForm', { email });
    answers.push([status, html.replaceAll(email, '…').replace(/_token\]" value="[^"]+"/, '')]);
  }

  expect(answers[0]).toEqual(answers[1]);
});

test('opened by itself the page names nobody', async () => {
  const { status, html } = await browser(world).get('/de/register/check-inbox');

  expect(status).toBe(200);
  expect(html).toContain('Wir haben Ihnen eine E-Mail gesendet.');
});

test('a cookie with something else than an address is not shown', async () => {
  const visitor = browser(world);
  visitor.jar.set('email', encodeURIComponent('<b>call 0190</b>'));

  expect((await visitor.get('/register/check-inbox')).html).toContain('We sent you an email.');
});

const addressIn = (html: string) => /id="loginForm_email"[^>]*value="([^"]*)"/.exec(html)?.[1];

test('after confirming and after a reset the sign-in form has the address, and no URL does', async () => {
  const fresh = await registerCustomer(world.app, somebody());
  const known = await activeCustomer(world);
  await requestReset(world.app, known.email);
  const passwords = { 'password.pass': NEXT, 'password.confirm': NEXT };
  const ways = [
    { email: fresh.email, path: '/register/confirm', form: 'confirmForm', values: {} },
    { email: known.email, path: '/password/restore', form: 'restoreForm', values: passwords },
  ];

  for (const { email, path, form, values } of ways) {
    const visitor = browser(world);
    const { location } = await visitor.submit(`${path}?token=${await linkToken(world, email)}`, form, values);

    expect(location).toBe('/login');
    expect(addressIn((await visitor.get('/login')).html)).toBe(email);
    expect((await visitor.get('/customer/overview')).status).toBe(302);
  }
});

test('a link that does not work tells nobody the address, and signing in forgets it', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.get('/password/restore?token=wrong');
  expect(visitor.jar.has('email')).toBe(false);

  await visitor.submit('/password/forgotten', 'forgottenPassword', { email });
  expect(addressIn((await visitor.get('/login')).html)).toBe(email);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  expect(visitor.jar.has('email')).toBe(false);
});

test('every form that sets a password tells password managers whose it is', async () => {
  const { email } = await activeCustomer(world);
  await requestReset(world.app, email);
  const visitor = browser(world);
  const restore = await visitor.get(`/password/restore?token=${await linkToken(world, email)}`);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  const profile = await visitor.get('/customer/profile');

  const username = `<input type="text" autoComplete="username" readOnly="" hidden="" value="${email}"/>`;
  expect(restore.html.split(username)).toHaveLength(2);
  expect(profile.html.split(username)).toHaveLength(3);
});

test('an invitation says who invites to what, and so does the page behind it', async () => {
  const { email, id } = await activeCustomer(world);
  await world.sql('update customer set password_hash = null, password_changed_at = null where id = $1', [id]);
  await requestReset(world.app, email);

  const [mail] = await world.mails(email);
  expect(mail?.subject).toBe('Clientele invites you to your customer account');
  expect(mail?.text).toContain('Choose a password to open it');
  const { html } = await browser(world).get(`/password/restore?token=${await linkToken(world, email)}`);
  expect(html).toContain('<h1>Choose your password</h1>');
  expect(html).toContain(`You sign in with ${email} and this password.`);
});
