import { describe, expect, test } from 'vitest';
import { useApp } from '../app.ts';
import { PASSWORD, somebody } from '../builders.ts';
import { hasBrowser, linkIn, logIn, withPage } from './chromium.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

describe.skipIf(!hasBrowser)('in a browser', () => {
  test('without JavaScript somebody registers, confirms, logs in, forgets the password, chooses another and is back', async () => {
    const { email } = somebody();
    await withPage(world, { javaScriptEnabled: false }, async (page) => {
      const notice = page.locator('.notice');
      const heading = page.getByRole('heading', { level: 1 });

      await page.goto('/');
      await page.getByRole('link', { name: 'No account yet? Create one' }).click();
      await page.getByLabel('Salutation').selectOption('Ms');
      await page.getByLabel('First name').fill('Þórunn');
      await page.getByLabel('Last name').fill('Noor');
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Repeat password').fill(PASSWORD);
      await page.getByLabel('I accept the terms').check();
      await page.getByRole('button', { name: 'Create account' }).click();
      expect(await heading.textContent()).toBe('Check your inbox');

      await page.goto(await linkIn(world, email));
      await page.getByRole('button', { name: 'Confirm' }).click();
      expect(await notice.textContent()).toContain('Your address is confirmed');

      expect(await page.getByLabel('Email address').inputValue()).toBe(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      expect(await heading.textContent()).toBe('Hello Þórunn');
      expect(await page.getByText('This device').count()).toBe(1);
      await page.getByRole('button', { name: 'Sign out' }).click();
      expect(await notice.textContent()).toBe('You are signed out.');

      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('Email address').fill(email);
      await page.getByRole('button', { name: 'Send link' }).click();
      expect(await notice.textContent()).toContain('an email with a link is on its way');
      await page.goto(await linkIn(world, email));
      await page.getByLabel('New password').fill(NEXT);
      await page.getByLabel('Repeat password').fill(NEXT);
      await page.getByRole('button', { name: 'Save password' }).click();
      expect(await notice.textContent()).toContain('Your new password is set');

      await logIn(page, email, NEXT);
      expect(await heading.textContent()).toBe('Hello Þórunn');
    });
  });
});
