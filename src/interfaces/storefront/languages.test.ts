import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';

const world = useApp();
const open = (path: string, accepted = 'en') => browser(world, { 'Accept-Language': accepted }).get(path);

test.for([
  ['/login', 'en', 'en'],
  ['/login', 'de', 'de'],
  ['/login', 'de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['/login', 'fr;q=0.9,en;q=0.5', 'en'],
  ['/login', 'fr', 'de'],
  ['/login', '*', 'de'],
  ['/login', 'garbage;;;q=x', 'de'],
  ['/de/login', 'en', 'de'],
  ['/en/login', 'de', 'en'],
  ['/DE/en/login', 'de', 'en'],
  ['/AT/login', 'en', 'en'],
  ['/US/login', 'de', 'en'],
  ['/login?_locale=de_DE', 'en', 'de'],
  ['/login?_locale=en_US', 'de', 'en'],
  ['/login?_locale=xx', 'en', 'en'],
  ['/login?_locale=fr_FR', 'de', 'de'],
  ['/fr/login', 'en', 'en'],
  ['/fr/login', 'de', 'de'],
  ['/AT/fr/login', 'de', 'de'],
  ['/en/login?_locale=de_DE', 'de', 'en'],
  ['/login/', 'en', 'en'],
] as const)('%s for somebody who reads %s is in %s', async ([path, accepted, lang]) => {
  const { status, html, headers } = await open(path, accepted);

  expect(status).toBe(200);
  expect(html).toContain(`<html lang="${lang}">`);
  expect(html).toContain(`<h1>${lang === 'de' ? 'Anmelden' : 'Sign in'}</h1>`);
  expect(headers.get('content-language')).toMatch(lang);
});

test.for(['', '/de', '/en', '/DE', '/DE/en', '/AT/de'])(
  'below %j every link, form and redirect stays there',
  async (prefix) => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    const { html } = await visitor.get(`${prefix}/login`);

    expect(html).toContain(`action="${prefix}/login_check"`);
    for (const path of ['/register', '/password/forgotten', '/register/resend'])
      expect(html).toContain(`href="${prefix}${path}"`);
    expect((await visitor.get(`${prefix}/customer/profile`)).location).toBe(
      `${prefix}/login?target=%2Fcustomer%2Fprofile`,
    );
    expect((await visitor.submit(`${prefix}/login`, 'loginForm', { email, password: PASSWORD })).location).toBe(
      `${prefix}/customer/overview`,
    );
    expect((await visitor.submit(`${prefix}/customer/overview`, 'logoutForm', {})).location).toBe(`${prefix}/login`);
  },
);

test.for([
  ['/login', '/de/login', '/en/login'],
  ['/DE/en/login', '/DE/de/login', '/DE/en/login'],
  [
    '/password/forgotten?email=a%40b.de&_locale=de',
    '/de/password/forgotten?email=a%40b.de',
    '/en/password/forgotten?email=a%40b.de',
  ],
] as const)('%s links to itself in the other language', async ([path, german, english]) => {
  const { html } = await open(path);

  expect(html).toContain(`<a href="${german}" lang="de"`);
  expect(html).toContain(`<a href="${english}" lang="en"`);
});

test('a store that speaks one language offers no choice', async () => {
  const { html } = await open('/US/login');

  expect(html).not.toContain('lang="de"');
});

test('a store that is gone does not break a link from an email', async () => {
  expect((await open('/login?_store=GONE&_locale=de_DE')).html).toContain('<html lang="de">');
});

test.for(['/', '/de', '/de/', '/DE/en', '/DE/en/'])('%s leads to the sign-in', async (path) => {
  const { status, location } = await open(path);

  expect(status).toBe(302);
  expect(location).toBe(`${path.replace(/\/$/, '')}/login`);
});

test.for(['/nothing', '/login/nothing', '/DE/nothing', '/company/register'])(
  '%s is a page that says so',
  async (path) => {
    const { status, html } = await open(path);

    expect(status).toBe(404);
    expect(html).toContain('<h1>Page not found</h1>');
    expect(html).toContain('<html lang="en">');
  },
);

test('a page that is not there is in the language of its address', async () => {
  const { status, html } = await open('/de/nothing');

  expect(status).toBe(404);
  expect(html).toContain('<h1>Seite nicht gefunden</h1>');
  expect(html).toContain('href="/de/login"');
});

test('what the address holds cannot become mark-up', async () => {
  const { html } = await open('/login?target=%22%3E%3Cscript%3E&x=%22%3E%3Cscript%3E');

  expect(html).not.toContain('<script>');
});
