import { describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser, type PageAnswer } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';

const world = useApp();

async function loggedIn() {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD, remember_me: '1' });
  return visitor;
}

/** What a page tells the browser not to do. */
const guards = ({ headers }: PageAnswer) =>
  Object.fromEntries(
    ['cache-control', 'x-content-type-options', 'x-frame-options', 'referrer-policy', 'content-security-policy'].map(
      (name) => [name, headers.get(name)],
    ),
  );
const guarded = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

const behindLinks = [
  '/register/confirm',
  '/password/restore',
  '/login/unlock',
  '/customer-data-change-request/change-email',
  '/customer-data-change-request/stop-email-change',
];

test.for(['/login', '/register', '/register/resend', '/password/forgotten', '/nothing', ...behindLinks])(
  '%s allows no script, no frame and no copy',
  async (path) => {
    const policy = behindLinks.includes(path) ? { 'referrer-policy': 'no-referrer' } : {};
    expect(guards(await browser(world).get(path))).toEqual({ ...guarded, ...policy });
  },
);

describe('an address that may hold a secret is passed on nowhere', () => {
  const policyOf = async (path: string, headers: Record<string, string> = {}) =>
    (await browser(world, headers).get(path)).headers.get('referrer-policy');

  test.for([
    ...behindLinks.flatMap((path) => [
      `${path}?token=x`,
      `/DE/en${path}?token=x&_locale=de_DE`,
      `${path}/?verification_token=x`,
    ]),
    '/nothing?token=x',
    '/login?loginForm[password]=x',
    '/password/restore?token=%00%ff',
  ])('%s', async (path) => {
    expect(await policyOf(path)).toBe('no-referrer');
  });

  test('not with a form that is sent back, either', async () => {
    for (const path of behindLinks)
      expect((await browser(world).post(path, { token: 'x' })).headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('not with a page that says what went wrong', async () => {
    const close = (await browser(world).post('/password/restore?token=x', { token: 'x'.repeat(300_000) })).headers;
    expect(close.get('referrer-policy')).toBe('no-referrer');
  });

  test('others are told to our own pages alone, by which forms are known as ours', async () => {
    for (const path of ['/login', '/login?target=/customer/profile', '/login?_store=DE&_locale=de_DE'])
      expect(await policyOf(path), path).toBe('same-origin');
  });
});

test('over http nobody is told to use https', async () => {
  for (const path of ['/login', '/customers', '/docs', '/health/live', '/nothing'])
    expect((await fetch(world.url + path)).headers.get('strict-transport-security')).toBeNull();
});

test('nor do the pages of an account', async () => {
  const visitor = await loggedIn();

  for (const path of ['/customer/overview', '/customer/profile', '/logout'])
    expect(guards(await visitor.get(path))).toEqual({ ...guarded, 'cache-control': 'no-store, no-transform' });
});

test('pages hold no script and no inline style', async () => {
  const visitor = await loggedIn();

  for (const path of ['/customer/overview', '/customer/profile', '/logout'])
    expect((await visitor.get(path)).html).not.toMatch(/<script|<style| style=| on[a-z]+=/);
});

test('redirects are not kept either', async () => {
  const visitor = await loggedIn();

  for (const path of ['/', '/login']) expect((await visitor.get(path)).headers.get('cache-control')).toBe('no-store');
  expect((await browser(world).get('/customer/overview')).headers.get('cache-control')).toBe('no-store');
});

test('the style sheet is kept for ever, under an address that changes with it', async () => {
  const { html } = await browser(world).get('/login');
  const href = /<link rel="stylesheet" href="([^"]+)"/.exec(html)?.[1] ?? '';

  expect(href).toMatch(/\?v=\w+$/);
  const { headers, status } = await browser(world).get(href);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toContain('immutable');
  expect(headers.get('content-type')).toContain('text/css');
});

test('over http cookies are HttpOnly and SameSite', async () => {
  const { headers } = await browser(world).get('/login');

  const [form, ...others] = headers.getSetCookie();
  expect(others).toEqual([]);
  expect(form).toMatch(/^form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
});

test('a notice that no page of ours wrote is not shown and breaks nothing', async () => {
  for (const notice of ['error:error.500.text', 'success:mail.greeting', 'success:toString', 'error:<b>', 'x', '%']) {
    const visitor = browser(world);
    visitor.jar.set('notice', notice);

    const { status, html } = await visitor.get('/login');

    expect([notice, status]).toEqual([notice, 200]);
    expect(html).not.toContain('class="notice');
  }
});

test('HEAD answers as GET does, without a body', async () => {
  const answer = await fetch(`${world.url}/login`, { method: 'HEAD' });

  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('');
});

describe('over https', () => {
  const world = useApp({ PUBLIC_URL: 'https://shop.test' });

  test('every cookie is Secure and belongs to this host alone', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    const page = await visitor.get('/login');
    const { headers } = await visitor.submit('/login', 'loginForm', { email, password: PASSWORD, remember_me: '1' });

    const cookies = [...page.headers.getSetCookie(), ...headers.getSetCookie()];
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-form', '__Host-session', '__Host-device']);
    for (const cookie of cookies) {
      for (const attribute of ['; Path=/', '; HttpOnly', '; Secure', '; SameSite=Lax'])
        expect(cookie).toContain(attribute);
      expect(cookie).not.toMatch(/domain=/i);
    }
    expect((await visitor.get('/customer/overview')).status).toBe(200);
  });

  test('every interface tells browsers to come back by https alone', async () => {
    const style = /href="(\/assets\/[^"]+)"/.exec((await browser(world).get('/login')).html)?.[1] ?? '';
    const asked = await Promise.all(
      [
        '/',
        '/login',
        style,
        '/customer/overview',
        '/password/restore?token=x',
        '/nothing',
        '/customers',
        '/no-such-resource',
        '/docs',
        '/docs/openapi.json',
        '/health/live',
        '/health/ready',
        '/dev/mailbox',
        '/glue-storefront/stores',
        '/glue-backend/nothing',
      ].map(async (path) => {
        const { headers } = await fetch(world.url + path, { redirect: 'manual' });
        return [path, /^max-age=31536000(;|$)/.test(headers.get('strict-transport-security') ?? '')];
      }),
    );

    expect(asked.filter(([, told]) => !told)).toEqual([]);
  });

  test('a cookie without the prefix is not believed', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
    visitor.jar.set('session', visitor.jar.get('__Host-session') ?? '');
    visitor.jar.delete('__Host-session');

    expect((await visitor.get('/customer/overview')).status).toBe(302);
  });

  test('logging out removes the cookie under its full name', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });

    await visitor.submit('/customer/overview', 'logoutForm', {});

    expect(visitor.jar.has('__Host-session')).toBe(false);
  });
});
