import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { readConfig } from '../../platform/config.ts';
import { wellKnown } from './well-known.ts';

const world = useApp({ SECURITY_CONTACT: 'security@shop.example, https://shop.example/report' });
const answer = (path: string) => fetch(world.url + path, { redirect: 'manual' });

test('password managers are sent to where a password is changed', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);

  const { status, location } = await visitor.get('/.well-known/change-password');
  expect([status, location]).toEqual([302, '/customer/profile#passwordForm']);
  const signIn = await visitor.get('/customer/profile');
  await visitor.submit(signIn.location ?? '', 'loginForm', { email, password: PASSWORD });
  expect((await visitor.get('/customer/profile')).html).toContain('id="passwordForm"');
});

test('what does not exist is not found, by which password managers tell that the address above is meant', async () => {
  const { status } = await answer('/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200');

  expect(status).toBe(404);
});

test('security.txt says where to report and when to look again', async () => {
  world.now = new Date('2026-01-01T12:00:00Z');
  const { status, headers, body } = await answer('/.well-known/security.txt').then(async (found) => ({
    status: found.status,
    headers: found.headers,
    body: await found.text(),
  }));

  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(body).toBe(
    [
      'Contact: mailto:security@shop.example',
      'Contact: https://shop.example/report',
      'Expires: 2026-06-30T00:00:00Z',
      'Preferred-Languages: en, de',
      'Canonical: http://shop.test/.well-known/security.txt',
      '',
    ].join('\n'),
  );
});

test('without a contact there is no security.txt', () => {
  const app = { ...world.app, config: { ...world.app.config, SECURITY_CONTACT: [] } };

  expect(wellKnown(app, '/.well-known/security.txt')).toBeUndefined();
});

test.for(['nobody', 'http://shop.example', 'mailto:a@b\nExpires: never', 'javascript:alert(1)'])(
  'SECURITY_CONTACT takes no %j',
  (contact) => {
    expect(() => readConfig({ SECURITY_CONTACT: contact })).toThrow('start.refused');
  },
);

test('the icon is a picture in light and dark, wherever browsers look for it', async () => {
  for (const path of ['/assets/favicon.svg', '/favicon.ico']) {
    const icon = await answer(path);
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(await icon.text()).toContain('prefers-color-scheme: dark');
  }
  expect((await browser(world).get('/login')).html).toContain('href="/assets/favicon.svg"');
});
