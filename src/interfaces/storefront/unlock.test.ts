import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD } from '../../../test/builders.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();
const logIn = (email: string, password = PASSWORD, visitor = browser(world)) =>
  visitor.submit('/login', 'loginForm', { email, password });

async function blocked() {
  const { email } = await activeCustomer(world);
  for (let attempt = 1; attempt <= 9; attempt++) await logIn(email, 'wrong');
  return { email, link: `/login/unlock?token=${await linkToken(world, email)}` };
}

test('the button of the mailed link ends the block', async () => {
  const { email, link } = await blocked();
  const visitor = browser(world);

  const answer = await visitor.submit(link, 'unlockForm', {});

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect((await visitor.get('/login')).html).toContain('role="status">You can sign in again.');
  expect((await logIn(email)).status).toBe(302);
});

test('the browser that was unlocked is not blocked by strangers again', async () => {
  const { email, link } = await blocked();
  const visitor = browser(world);
  await visitor.submit(link, 'unlockForm', {});

  for (let attempt = 1; attempt <= 9; attempt++) await logIn(email, 'wrong');

  expect((await logIn(email)).status).toBe(429);
  expect((await logIn(email, PASSWORD, visitor)).status).toBe(302);
});

test('opening the link ends nothing', async () => {
  const { email, link } = await blocked();

  expect((await browser(world).get(link)).status).toBe(200);

  expect((await logIn(email)).status).toBe(429);
});

test('a link works once and for an hour', async () => {
  const [first, second] = [await blocked(), await blocked()];
  await browser(world).submit(first.link, 'unlockForm', {});
  expect((await browser(world).get(first.link)).html).toContain('This link is invalid or was used already.');

  world.now = later(world.now, 3601);
  const late = await browser(world).get(second.link);

  expect(late.status).toBe(422);
  expect(late.html).toContain('This link has expired.');
});
