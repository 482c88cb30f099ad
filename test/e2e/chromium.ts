import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { World } from '../app.ts';
import { PASSWORD } from '../builders.ts';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = candidates.find((path) => path && existsSync(path));
if (!executablePath)
  console.warn('Pages are not tried in a browser: there is no Chromium in /usr/bin. Name one with CHROMIUM_PATH.');

/** Whether there is one to try pages in. */
export const hasBrowser = executablePath !== undefined;

/** One for all files of a worker; it ends with the worker. */
let running: Promise<Browser> | undefined;
const browser = () =>
  (running ??= chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }));

type Options = Parameters<Browser['newContext']>[0];

/** A page in a profile of its own, closed afterwards. Its addresses are paths of the shop. */
export async function withPage(
  world: World,
  options: Options,
  use: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await (await browser()).newContext({ locale: 'en-US', baseURL: world.url, ...options });
  context.setDefaultTimeout(5000);
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/** Path of the newest link that was mailed to somebody. */
export async function linkIn(world: World, email: string): Promise<string> {
  const [mail] = await world.mails(email);
  return /http:\/\/shop\.test(\S+token=\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

export async function logIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/en/login');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
