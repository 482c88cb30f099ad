import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerCustomer } from '../../src/domain/customers/index.ts';
import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { activeCustomer, PASSWORD, somebody } from '../builders.ts';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = candidates.find((path) => path && existsSync(path));
if (!executablePath)
  console.warn('Pages are not tried in a browser: there is no Chromium in /usr/bin. Name one with CHROMIUM_PATH.');

const SHOP = 'http://shop.test';
const NEXT = 'Another-Horse-8-Battery';
const world = useApp();
let chrome: Browser;

beforeAll(async () => {
  if (!executablePath) return;
  // The browser finds the shop at its public address, so links in mails work as they are.
  const rules = `--host-resolver-rules=MAP shop.test ${new URL(world.url).host}`;
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  chrome = await chromium.launch({ executablePath, args: [...quiet, rules] });
});
afterAll(() => chrome?.close());

async function withPage(
  options: Parameters<Browser['newContext']>[0],
  use: (page: Page, context: BrowserContext) => Promise<void>,
) {
  const context = await chrome.newContext({ locale: 'en-US', ...options });
  context.setDefaultTimeout(5000);
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

async function linkIn(email: string): Promise<string> {
  const [mail] = await world.mails(email);
  return /http:\/\/shop\.test\S+token=\S+/.exec(mail?.text ?? '')?.[0] ?? '';
}

async function logIn(page: Page, email: string, password = PASSWORD) {
  await page.goto(`${SHOP}/en/login`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What the Tab key ought to reach, in the order it is read. */
const REACHABLE = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select')].map((element, index) => (element.dataset.stop = index))`;
/** Where the focus is, and what of it cannot be seen. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, left, bottom, right, width, height } = element.getBoundingClientRect();
  const shown = width > 0 && height > 0 && top >= 0 && left >= 0 && bottom <= innerHeight + 1 && right <= innerWidth;
  const marked = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return { stop: Number(element.dataset.stop), trouble: shown && marked ? null : element.outerHTML };
})()`;

interface Stop {
  name: string;
  path: string;
  /** Only customers who are logged in see it. */
  secured?: boolean;
  /** Name of a form to send empty, to see its mistakes. */
  send?: string;
}

/** Every page, with links that work; looking at them uses none up. */
async function tour(): Promise<{ stops: Stop[]; email: string }> {
  // Long words, as people have them.
  const names = { firstName: 'Maximiliane-Friederike', lastName: 'Wolfeschlegelsteinhausenbergerdorff' };
  const { email, id } = await activeCustomer(world, {
    ...names,
    email: `${names.firstName}.${somebody().email}`.toLowerCase(),
  });
  const waiting = await registerCustomer(world.app, somebody());
  const link = (kind: Parameters<typeof issueLink>[1], of = id) =>
    issueLink(world.app, kind, of, kind === 'email-change' ? `new.${email}` : null);
  const reset = `/password/restore?token=${await link('reset')}`;
  const stops: Stop[] = [
    { name: 'log-in', path: '/login' },
    { name: 'log-in refused', path: '/login', send: 'loginForm' },
    { name: 'registration', path: '/register' },
    { name: 'registration with mistakes', path: '/register', send: 'registerForm' },
    { name: 'confirmation', path: `/register/confirm?token=${await link('confirm', waiting.id)}` },
    { name: 'a link that does not work', path: '/register/confirm?token=x' },
    { name: 'resend', path: '/register/resend' },
    { name: 'forgotten', path: '/password/forgotten' },
    { name: 'forgotten with a mistake', path: '/password/forgotten', send: 'forgottenPassword' },
    { name: 'restore', path: reset },
    { name: 'restore with a mistake', path: reset, send: 'restoreForm' },
    { name: 'unlock', path: `/login/unlock?token=${await link('unlock')}` },
    {
      name: 'e-mail change',
      path: `/customer-data-change-request/change-email?verification_token=${await link('email-change')}`,
    },
    { name: 'not found', path: '/nothing' },
    { name: 'overview', path: '/customer/overview', secured: true },
    { name: 'profile', path: '/customer/profile', secured: true },
    { name: 'profile with mistakes', path: '/customer/profile', secured: true, send: 'passwordForm' },
    { name: 'log-out', path: '/logout', secured: true },
  ];
  return { stops, email };
}

/** Looks at every page as a visitor and as a customer with several devices. */
async function lookAround(
  options: Parameters<Browser['newContext']>[0],
  look: (page: Page, place: string) => Promise<void>,
  languages = ['en', 'de'],
) {
  const { stops, email } = await tour();
  await withPage({}, (page) => logIn(page, email));
  const inLanguage = (language: string) =>
    withPage({ ...options, locale: language }, async (page) => {
      for (const secured of [false, true]) {
        if (secured) await logIn(page, email);
        for (const { name, path, send } of stops.filter((stop) => Boolean(stop.secured) === secured)) {
          await page.goto(SHOP + path);
          if (send) await Promise.all([page.waitForNavigation(), page.evaluate(`document.forms.${send}.submit()`)]);
          expect(await page.evaluate('document.documentElement.lang')).toBe(language);
          await look(page, `${name}, ${language}`);
        }
      }
    });
  await Promise.all(languages.map(inLanguage));
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(!executablePath)('in a browser', () => {
  test('without JavaScript somebody registers, confirms, logs in, forgets the password, chooses another and is back', async () => {
    const { email } = somebody();
    await withPage({ javaScriptEnabled: false }, async (page) => {
      const notice = page.locator('.notice');
      const heading = page.getByRole('heading', { level: 1 });

      await page.goto(SHOP);
      await page.getByRole('link', { name: 'No account yet? Register' }).click();
      await page.getByLabel('Salutation').selectOption('Ms');
      await page.getByLabel('First name').fill('Þórunn');
      await page.getByLabel('Last name').fill('Noor');
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Repeat password').fill(PASSWORD);
      await page.getByLabel('I accept the terms').check();
      await page.getByRole('button', { name: 'Register' }).click();
      expect(await notice.textContent()).toContain('Almost done');

      await page.goto(await linkIn(email));
      await page.getByRole('button', { name: 'Confirm' }).click();
      expect(await notice.textContent()).toContain('Your address is confirmed');

      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Log in' }).click();
      expect(await heading.textContent()).toBe('Hello Þórunn');
      expect(await page.getByText('This device').count()).toBe(1);
      await page.getByRole('button', { name: 'Log out' }).click();
      expect(await notice.textContent()).toBe('You are logged out.');

      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('E-mail address').fill(email);
      await page.getByRole('button', { name: 'Send link' }).click();
      expect(await notice.textContent()).toContain('a mail with a link is on its way');
      await page.goto(await linkIn(email));
      await page.getByLabel('New password').fill(NEXT);
      await page.getByLabel('Repeat password').fill(NEXT);
      await page.getByRole('button', { name: 'Save password' }).click();
      expect(await notice.textContent()).toContain('Your new password is set');

      await logIn(page, email, NEXT);
      expect(await heading.textContent()).toBe('Hello Þórunn');
    });
  });

  test(
    'axe finds nothing, light and dark, and every page fits a phone 320 pixels wide',
    { timeout: 30_000 },
    async () => {
      const found: string[] = [];
      const wide: string[] = [];

      await lookAround({ bypassCSP: true }, async (page, place) => {
        await page.addScriptTag({ path: axe });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          // Only colours change with the mode.
          const rules = colorScheme === 'light' ? '' : ", runOnly: ['color-contrast']";
          const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations']${rules} })`);
          for (const { id, nodes } of violations)
            for (const { html } of nodes) found.push(`${place}, ${colorScheme}: ${id} at ${html}`);
        }
        await page.setViewportSize({ width: 320, height: 640 });
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (width > 320) wide.push(`${place}: ${width}`);
        await page.setViewportSize({ width: 1280, height: 720 });
      });

      expect(found).toEqual([]);
      expect(wide).toEqual([]);
    },
  );

  test('the Tab key reaches everything in order, and the focus is seen', async () => {
    const troubles: string[] = [];
    const visit = async (page: Page, place: string) => {
      const expected = await page.evaluate<number[]>(REACHABLE);
      const reached: number[] = [];
      for (let step = 0; step < expected.length; step++) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate<{ stop: number; trouble: string | null } | null>(FOCUS);
        if (focus) reached.push(focus.stop);
        if (focus?.trouble) troubles.push(`${place}: ${focus.trouble}`);
      }
      if (reached.join() !== expected.join())
        troubles.push(`${place}: reached ${reached.join()} of ${expected.join()}`);
    };

    // The order is that of the markup, which is the same in every language.
    await lookAround({}, visit, ['en']);

    expect(troubles).toEqual([]);
  });

  test('the first Tab offers to skip to the content', async () => {
    await withPage({}, async (page) => {
      await page.goto(`${SHOP}/en/login`);

      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');

      expect(await page.evaluate('document.activeElement.id')).toBe('loginForm_email');
    });
  });

  test('with the keyboard alone somebody logs in', async () => {
    const { email } = await activeCustomer(world);
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${SHOP}/en/login`);
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
