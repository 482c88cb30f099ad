import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { activeCustomer, PASSWORD } from '../builders.ts';
import { hasBrowser, withPage } from './chromium.ts';
import { lookAt } from './looks.ts';

const storefront = createServer((_, answer) => answer.end('<title>Cart</title>')).listen(0, '127.0.0.1');
await once(storefront, 'listening');
afterAll(() => void storefront.close());
const address = storefront.address();
const shop = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : ''}`;

const world = useApp({ REDIRECT_HOSTS: shop });

lookAt(world, [
  { name: 'the sign-in', heading: 'Sign in', path: () => '/login' },
  { name: 'a sign-in that was refused', heading: 'Sign in', path: () => '/login', send: 'loginForm' },
  {
    name: 'the page that lifts a block',
    heading: 'Allow sign-ins again',
    path: async () => `/login/unlock?token=${await issueLink(world.app, 'unlock', (await activeCustomer(world)).id)}`,
  },
  { name: 'a page that is not there', heading: 'Page not found', path: () => '/nothing' },
]);

describe.skipIf(!hasBrowser)('with the keyboard alone', () => {
  test('the first Tab offers to skip to the content', async () => {
    await withPage(world, {}, async (page) => {
      await page.goto('/en/login');

      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');

      expect(await page.evaluate('document.activeElement.id')).toBe('loginForm_email');
    });
  });

  test('somebody logs in', async () => {
    const { email } = await activeCustomer(world);
    await withPage(world, { javaScriptEnabled: false }, async (page) => {
      await page.goto('/en/login');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');

      await page.keyboard.press('Tab');
      await page.keyboard.type(email);
      await page.keyboard.press('Tab');
      await page.keyboard.type(PASSWORD);
      // Past the link for those who forgot it.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);

      expect(new URL(page.url()).pathname).toBe('/en/customer/overview');
      expect((await page.context().cookies()).find(({ name }) => name === 'session')?.expires).toBeGreaterThan(0);
    });
  });
});

describe.skipIf(!hasBrowser)('from a storefront on another host', () => {
  test('the browser is led back there', async () => {
    const { email } = await activeCustomer(world);
    await withPage(world, {}, async (page) => {
      const cart = `${shop}/cart?step=2`;
      await page.goto(`/en/login?redirectUri=${encodeURIComponent(cart)}`);
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(cart);

      expect(await page.title()).toBe('Cart');
    });
  });
});
