import { afterEach, expect, test, vi } from 'vitest';
import { api, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, registration, somebody } from '../../../test/builders.ts';
import { customerByEmail } from '../../domain/customers/index.ts';
import { issueLink } from '../../domain/links/index.ts';

const world = useApp({ PASSWORD_POLICY: 'nist' });
afterEach(() => vi.restoreAllMocks());

/** No rule refuses it, only the estimate. */
const WEAK = 'thisismypasswordx';
const STRONG = 'winter amber glacier piano';

/** How many estimates of the passwords above were asked for since the call. */
function countEstimates() {
  const { mock } = vi.spyOn(world.app.strength, 'estimate');
  return () => mock.calls.filter(([password]) => [WEAK, STRONG].includes(password)).length;
}

const restoreOverApi = (restorePasswordKey: string, password: string) =>
  api(world, 'PATCH', '/customer-restore-password/x', {
    attributes: { restorePasswordKey, password, confirmPassword: password },
  });
async function restoreOnPage(token: string, password: string) {
  const valid = await issueLink(world.app, 'reset', (await activeCustomer(world)).id);
  return browser(world).submit(`/password/restore?token=${valid}`, 'restoreForm', {
    restore_password_key: token,
    'password.pass': password,
    'password.confirm': password,
  });
}

test('nothing is estimated for a link that is not valid, over the API and on the page', async () => {
  const estimates = countEstimates();

  expect(errorsOf(await restoreOverApi('unknown', WEAK))).toEqual(['422/415']);
  expect((await restoreOnPage('unknown', WEAK)).html).toContain('This link');
  expect(estimates()).toBe(0);
});

test('what a rule refuses is refused before the link is looked at, as the contract says', async () => {
  expect(errorsOf(await restoreOverApi('unknown', 'aaaaaaaaaaaaaaaaaaa'))).toEqual(['400/422']);
});

test('with a valid link the estimate decides, and the link stays valid', async () => {
  const { id, email } = await activeCustomer(world);
  const token = await issueLink(world.app, 'reset', id);
  const estimates = countEstimates();

  expect(errorsOf(await restoreOverApi(token, WEAK))).toEqual(['400/422']);
  expect(estimates()).toBe(1);
  expect((await restoreOverApi(token, STRONG)).status).toBe(204);
  await expect(logIn(world, email, STRONG)).resolves.toBeDefined();
});

test('nothing is estimated for a change without the current password', async () => {
  const { reference, email } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  const estimates = countEstimates();
  const change = (password: string) =>
    api(world, 'PATCH', `/customer-password/${reference}`, {
      token,
      attributes: { password, newPassword: WEAK, confirmPassword: WEAK },
    });

  expect(errorsOf(await change('wrong'))).toEqual(['400/408']);
  expect(estimates()).toBe(0);
  expect(errorsOf(await change(PASSWORD))).toEqual(['400/422']);
  expect(estimates()).toBe(1);
});

test('a registration is estimated once, and on the page only when nothing else is wrong with it', async () => {
  const { email } = somebody();
  const fill = { salutation: 'Ms', first_name: 'Ida', last_name: 'Noor', email, accept_terms: '1' };
  const register = (password: string, more: Record<string, string> = {}) =>
    browser(world).submit('/register', 'registerForm', {
      ...fill,
      'password.pass': password,
      'password.confirm': password,
      ...more,
    });
  const estimates = countEstimates();

  await register(WEAK, { accept_terms: '' });
  expect(estimates()).toBe(0);
  const weak = await register(WEAK);
  expect([weak.status, estimates()]).toEqual([422, 1]);
  expect(weak.html).toContain('This password is easy to guess.');
  expect((await register(STRONG)).status).toBe(302);
  expect(estimates()).toBe(2);
  expect(errorsOf(await api(world, 'POST', '/customers', { attributes: registration({ password: WEAK }) }))).toEqual([
    '400/422',
  ]);
  expect(estimates()).toBe(3);
});

test('a network that asks for too many estimates reads 503 and no password is stored', async () => {
  const attributes = () => registration({ password: STRONG });
  let isAnswered = false;
  const keepAsking = async () => {
    while (!isAnswered) await world.app.strength.estimate('aaa', [], '127.0.0.1');
  };
  const waiting = Array.from({ length: 101 }, keepAsking);
  const asked = attributes();

  const { status, headers } = await api(world, 'POST', '/customers', { attributes: asked });
  isAnswered = true;
  await Promise.allSettled(waiting);

  expect([status, headers.get('retry-after')]).toEqual([503, '2']);
  expect(await customerByEmail(world.app.db, asked.email)).toBeUndefined();
});

test.for<[language: string, password: string, reason: string]>([
  ['en', 'Password1234!xyz', 'is easy to guess'],
  ['en', 'Password1234567!', 'is one or two common words with digits'],
  ['de', 'Password1234567!', 'besteht aus einem oder zwei häufigen Wörtern mit Ziffern'],
  ['en', 'qwertyuiop[]12345', 'follows the keyboard'],
  ['de', 'qwertyuiop[]12345', 'folgt der Tastatur'],
  ['en', 'Noorling-and-a-castle', 'be or contain your name'],
  ['de', 'Noorling-and-a-castle', 'noch sie enthalten'],
])('in %s the page says what is wrong with %s', async ([language, password, reason]) => {
  const visitor = browser(world, { 'Accept-Language': language });

  const { html } = await visitor.submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: 'Ida',
    last_name: 'Noorling',
    email: somebody().email,
    'password.pass': password,
    'password.confirm': password,
    accept_terms: '1',
  });

  expect(html).toContain(reason);
});
