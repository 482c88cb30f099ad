import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { customerByEmail, customerById, registerCustomer } from '../../domain/customers/index.ts';

const world = useApp();

async function loggedIn() {
  const customer = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
  return { customer, visitor };
}
/** The same browser, sending forms that say where they come from. */
function asFrom(headers: Record<string, string>, visitor: ReturnType<typeof browser>) {
  const copy = browser(world, headers);
  for (const [name, value] of visitor.jar) copy.jar.set(name, value);
  return copy;
}
const login = (email: string, token?: string) => ({
  'loginForm[email]': email,
  'loginForm[password]': PASSWORD,
  ...(token === undefined ? {} : { 'loginForm[_token]': token }),
});
const tokenIn = (html: string) => /_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';

test('without a token nothing happens, and the page says so', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const { status, html } = await visitor.post('/login_check', login(email));

  expect(status).toBe(403);
  expect(html).toContain('role="alert">This form was open for too long. Nothing is lost: please send it again.');
  expect(visitor.jar.has('session')).toBe(false);
});

test('what was typed is still there, but the password, and sending it again works', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  const { html } = await visitor.post('/login_check', login(email));

  expect(html).toContain(`value="${email}"`);
  expect(html).not.toContain(PASSWORD);
  expect((await visitor.post('/login_check', login(email, tokenIn(html)))).status).toBe(302);
});

test('the token of another browser is worth nothing', async () => {
  const { email } = await activeCustomer(world);
  const [attacker, visitor] = [browser(world), browser(world)];
  const stolen = tokenIn((await attacker.get('/login')).html);
  await visitor.get('/login');

  expect((await visitor.post('/login_check', login(email, stolen))).status).toBe(403);
});

test('a registration form that was open for too long keeps what was typed', async () => {
  const { email } = somebody();

  const { status, html } = await browser(world).post('/register', {
    'registerForm[first_name]': 'Þórunn',
    'registerForm[email]': email,
    'registerForm[password][pass]': PASSWORD,
    'registerForm[accept_terms]': '1',
  });

  expect(status).toBe(403);
  expect(html).toContain('value="Þórunn"');
  expect(html).toContain(`value="${email}"`);
  expect(html).not.toContain(PASSWORD);
  expect(await customerByEmail(world.app.db, email)).toBeUndefined();
});

test('a link is not lost with the token', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  const token = await linkToken(world, email);
  const visitor = browser(world);

  const { status, html } = await visitor.post('/register/confirm', { 'confirmForm[token]': token });

  expect(status).toBe(403);
  expect(html).toContain(`name="confirmForm[token]" value="${token}"`);
  expect(
    (await visitor.post('/register/confirm', { 'confirmForm[token]': token, 'confirmForm[_token]': tokenIn(html) }))
      .status,
  ).toBe(302);
});

test('with the right token but from elsewhere nothing happens', async () => {
  const { customer, visitor } = await loggedIn();
  const foreign: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'null', 'Sec-Fetch-Site': 'none' },
    { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'http://shop.test.evil.example' },
    { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  ];

  for (const headers of foreign) {
    const { status, html } = await asFrom(headers, visitor).submit('/customer/profile', 'profileForm', {
      first_name: 'Eve',
      last_name: 'Noor',
      email: customer.email,
    });
    expect([headers, status]).toEqual([headers, 403]);
    expect(html).toContain('value="Eve"');
  }
  expect(await customerById(world.app.db, customer.id)).toMatchObject({ firstName: 'Ida' });
});

test('a form that is refused for where it came from says that nothing was saved', async () => {
  const { customer, visitor } = await loggedIn();
  const elsewhere = asFrom({ 'Sec-Fetch-Site': 'cross-site' }, visitor);

  const { html } = await elsewhere.submit('/customer/profile', 'profileForm', {
    first_name: 'Eve',
    last_name: 'Noor',
    email: customer.email,
  });

  expect(html).toContain('role="alert"');
});

test('from our own pages it is taken', async () => {
  const { email } = await activeCustomer(world);
  const ours: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'http://shop.test' },
    { Origin: 'http://shop.test', 'Sec-Fetch-Site': 'same-origin' },
  ];

  for (const headers of ours) {
    const { status } = await browser(world, headers).submit('/login', 'loginForm', { email, password: PASSWORD });
    expect([headers, status]).toEqual([headers, 302]);
  }
});

test('a page behind an emailed link sends its form without an origin, and it is taken', async () => {
  // With `no-referrer` browsers say `Origin: null`; old ones say nothing else.
  for (const headers of [{ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, { Origin: 'null' }] as const) {
    const { email } = await registerCustomer(world.app, somebody());
    const path = `/register/confirm?token=${await linkToken(world, email)}`;

    expect(
      (await browser(world, { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }).submit(path, 'confirmForm', {})).status,
    ).toBe(403);
    expect((await browser(world, headers).submit(path, 'confirmForm', {})).status).toBe(302);
  }
});

test.for(['/logout', '/customer/profile'])(
  '%s refuses a foreign form with a page and leaves the sign-in alone',
  async (path) => {
    const { visitor } = await loggedIn();

    const { status, html } = await visitor.post(path, { 'logoutForm[_token]': 'x' });

    expect(status).toBe(403);
    expect(html).toContain('role="alert">This form was open for too long.');
    expect((await visitor.get('/customer/overview')).status).toBe(200);
  },
);

test('where there is no form to show again, the next page says that one was refused', async () => {
  const { visitor } = await loggedIn();

  const answer = await visitor.post('/customer/sessions', { 'sessionForm[_token]': 'x' });

  expect([answer.status, answer.location]).toEqual([302, '/customer/overview']);
  const { status, html } = await visitor.get('/customer/overview');
  expect(status).toBe(200);
  expect(html).toContain('role="alert">This form was open for too long.');
});

test('who signed out in another tab may press the button again', async () => {
  const { visitor } = await loggedIn();
  const { html } = await visitor.get('/customer/overview');
  await visitor.submit('/customer/overview', 'logoutForm', {});

  const again = await visitor.post('/logout', { 'logoutForm[_token]': tokenIn(html) });

  expect([again.status, again.location]).toEqual([302, '/login']);
});

test('a form sent after the session ended leads to the sign-in', async () => {
  const { visitor } = await loggedIn();
  visitor.jar.delete('session');

  expect(await visitor.post('/customer/profile', {})).toMatchObject({
    status: 302,
    location: '/login?target=%2Fcustomer%2Fprofile',
  });
});

test.for(['PUT', 'DELETE', 'PATCH'])('%s is no way to send a form', async (method) => {
  const answer = await fetch(`${world.url}/login_check`, { method });

  expect(answer.status).toBeGreaterThanOrEqual(404);
});

test('a NUL in a field means nothing', async () => {
  const { email } = await activeCustomer(world);

  expect((await browser(world).submit('/login', 'loginForm', { email: `\0${email}`, password: PASSWORD })).status).toBe(
    302,
  );
});

test('a body that is too large is refused with a page, and the connection closes', async () => {
  const large = { 'loginForm[email]': 'x'.repeat(300_000) };

  const { status, headers, html } = await browser(world).post('/login_check', large);

  expect(status).toBe(413);
  expect(headers.get('connection')).toBe('close');
  expect(html).toContain('<h1>That was too much</h1>');
  expect((await browser(world).post('/login', large)).status).toBe(404);
});
