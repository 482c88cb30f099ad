import { describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';
import { testConfig } from '../../../test/settings.ts';
import { issueLink } from '../../domain/links/index.ts';
import { checkRedirectUri } from './redirect-target.ts';

const REDIRECT_HOSTS = 'shop.example, www.shop.example:8443, http://localhost:4000';
const world = useApp({ REDIRECT_HOSTS });
const CART = 'https://shop.example/de/cart?code=A%26B&step=2';
const asParameter = (uri: string) => `/login?redirectUri=${encodeURIComponent(uri)}`;

async function signInAt(path: string) {
  const { email } = await activeCustomer(world);
  return browser(world).submit(path, 'loginForm', { email, password: PASSWORD });
}

describe('signing in leads on', () => {
  test.for([
    CART,
    'https://www.shop.example:8443/',
    'http://localhost:4000/checkout#address',
    '/customer/profile?tab=2',
    'http://shop.test/customer/profile',
  ])('to %s', async (uri) => {
    const answer = await signInAt(asParameter(uri));

    expect([answer.status, answer.location]).toEqual([302, uri.replace('http://shop.test', '')]);
  });

  test('whoever is signed in already goes on at once', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });

    expect((await visitor.get(asParameter(CART))).location).toBe(CART);
    expect((await visitor.get(asParameter('https://evil.example/'))).location).toBe('/customer/overview');
  });

  test('after a wrong password too', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    const refused = await visitor.submit(asParameter(CART), 'loginForm', { email, password: 'wrong' });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('name="loginForm[redirect_uri]" value="https://shop.example/de/cart?');
  });

  test('and the page lets the browser follow: Chromium checks redirects of forms', async () => {
    const policy = async (path: string) => (await browser(world).get(path)).headers.get('content-security-policy');

    expect(await policy(asParameter(CART))).toContain(
      "form-action 'self' https://shop.example https://www.shop.example:8443 http://localhost:4000;",
    );
    expect(await policy('/login')).toContain("form-action 'self';");
    expect(await policy(asParameter('https://evil.example/'))).toContain("form-action 'self';");
  });

  test('`target` still leads to a page of ours', async () => {
    expect((await signInAt('/login?target=/customer/profile')).location).toBe('/customer/profile');
  });
});

const hostile = [
  'https://evil.example/',
  '//evil.example/',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https:\\\\evil.example',
  'https:evil.example',
  'https:/evil.example',
  '/.//evil.example',
  '/..//evil.example/%2e%2e',
  '/%2e//evil.example',
  'http://shop.test//evil.example',
  'http://shop.test/.//evil.example',
  'https://shop.example@evil.example/',
  'https://evil.example#@shop.example/',
  'https://user:secret@shop.example/',
  'https://shop.example\\@evil.example/',
  'https://shop.example\\.evil.example/',
  'https://shop.example.evil.example/',
  'https://evilshop.example/',
  'https://sub.shop.example/',
  'https://shop.example./',
  'https://shop.example:444/',
  'https://shop.example:80/',
  'https://shop.example:8443/',
  'https://www.shop.example/',
  'http://shop.example/',
  'http://localhost:4000@evil.example/',
  'http://localhost:40001/',
  // A Cyrillic о, and what Punycode makes of it.
  'https://sh\u043Ep.example/',
  'https://xn--shp-qed.example/',
  'https://shop\u3002example.evil.example/',
  'https://shop.example\uFF0Fevil.example/',
  'https://shop.example%2f@evil.example/',
  'https://shop.example%00.evil.example/',
  'https://[::1]/',
  'https://2130706433/',
  'javascript:alert(1)',
  'JavaScript://shop.example/%0aalert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://shop.example/1',
  'view-source:https://shop.example/',
  'ftp://shop.example/',
  'file:///etc/passwd',
  'intent://shop.example#Intent;scheme=https;end',
  '%2F%2Fevil.example',
  '%68ttps://evil.example',
  '/\t/evil.example',
  '/\r\n/evil.example',
  ' //evil.example',
  'https://shop.example/\r\nSet-Cookie: session=planted',
  'https://shop.example/\nLocation: https://evil.example',
  '\u0000https://shop.example/',
  'https://',
  'https:///',
  'https://shop.example/' + 'a'.repeat(2000),
  '/login',
  '/DE/en/login?redirectUri=/login',
  '/logout',
  'http://shop.test/login_check',
  'customer/profile',
  '?',
  '.',
  '',
];

describe('what is not allowed leads to the account', () => {
  test.for(hostile)('%j', async (uri) => {
    const page = await browser(world).get(asParameter(uri));
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('redirect_uri');
    expect(checkRedirectUri(world.app.config, uri)).toBeUndefined();
  });

  test('in the form as well, whatever field it is sent in', async () => {
    const { email } = await activeCustomer(world);
    for (const uri of ['//evil.example/', 'https://evil.example/', 'javascript:alert(1)']) {
      const fields = { email, password: PASSWORD, redirect_uri: uri, target: uri };
      const answer = await browser(world).submit('/login', 'loginForm', fields);
      expect([answer.status, answer.location]).toEqual([302, '/customer/overview']);
    }
  });

  test('two different ones, in either order', async () => {
    for (const [one, other] of [
      [CART, 'https://evil.example/'],
      ['https://evil.example/', CART],
      [CART, 'https://shop.example/'],
    ])
      expect(
        (await signInAt(`${asParameter(one ?? '')}&redirectUri=${encodeURIComponent(other ?? '')}`)).location,
      ).toBe('/customer/overview');
  });

  test('whatever the Host header says is not ours', () => {
    expect(checkRedirectUri(testConfig({ PUBLIC_URL: 'https://login.example' }), 'https://shop.test/')).toBeUndefined();
  });

  test('without REDIRECT_HOSTS every other host is refused', () => {
    expect(checkRedirectUri(testConfig(), CART)).toBeUndefined();
  });

  // A host is allowed once the browser reads it so, however it was written.
  test.for([
    ['HTTPS://SHOP.EXAMPLE:443/a', 'https://shop.example/a'],
    ['https://shop.example/../a?b=https://evil.example', 'https://shop.example/a?b=https://evil.example'],
    ['https://shop.example', 'https://shop.example/'],
    ['https://shop.example/tür?q=ü', 'https://shop.example/t%C3%BCr?q=%C3%BC'],
  ])('but %s is allowed as %s', ([uri = '', expected]) => {
    expect(checkRedirectUri(world.app.config, uri)).toBe(expected);
  });
});

describe('the way there is kept', () => {
  test('on the links of the sign-in page, in every language', async () => {
    const { html } = await browser(world).get(asParameter(CART));
    const carried = `redirectUri=${encodeURIComponent(CART)}`;
    for (const path of ['/register', '/register/resend', '/password/forgotten', '/de/login'])
      expect(html).toContain(`href="${path}?${carried}"`);
  });

  test('through registration and confirmation', async () => {
    const { email } = somebody();
    const visitor = browser(world);
    await visitor.submit(asParameter(CART).replace('/login', '/register'), 'registerForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Lund',
      email,
      accept_terms: '1',
      'password.pass': PASSWORD,
      'password.confirm': PASSWORD,
    });
    const [mail] = await world.mails(email);
    const link = /http:\/\/shop\.test(\S+token=\S+)/.exec(mail?.text ?? '')?.[1] ?? '';

    const confirmed = await visitor.submit(link, 'confirmForm', {});
    const answer = await visitor.submit(confirmed.location ?? '', 'loginForm', { email, password: PASSWORD });

    expect(answer.location).toBe(CART);
    expect(visitor.jar.has('target')).toBe(false);
  });

  test('through a forgotten password', async () => {
    const { email, id } = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit(asParameter(CART).replace('/login', '/password/forgotten'), 'forgottenPassword', { email });
    const token = await issueLink(world.app, 'reset', id);

    const restored = await visitor.submit(`/password/restore?token=${token}`, 'restoreForm', {
      'password.pass': `${PASSWORD}2`,
      'password.confirm': `${PASSWORD}2`,
    });

    expect(restored.location).toContain(`/login?${new URLSearchParams({ redirectUri: CART }).toString()}`);
  });

  test('but not from a cookie that somebody planted', async () => {
    const { id } = await activeCustomer(world);
    const visitor = browser(world);
    visitor.jar.set('target', encodeURIComponent('https://evil.example/'));

    const restored = await visitor.submit(
      `/password/restore?token=${await issueLink(world.app, 'reset', id)}`,
      'restoreForm',
      { 'password.pass': `${PASSWORD}2`, 'password.confirm': `${PASSWORD}2` },
    );

    expect(restored.location).toBe('/login');
  });
});
