import { expect, test } from 'vitest';
import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { activeCustomer } from '../builders.ts';
import { hasBrowser, logIn, withPage } from './chromium.ts';
import { lookAt } from './looks.ts';

const world = useApp();

const reset = async () =>
  `/password/restore?token=${await issueLink(world.app, 'reset', (await activeCustomer(world)).id)}`;

lookAt(world, [
  { name: 'the page for a forgotten password', heading: 'Forgot your password?', path: () => '/password/forgotten' },
  {
    name: 'the same with a mistake',
    heading: 'Forgot your password?',
    path: () => '/password/forgotten',
    send: 'forgottenPassword',
  },
  { name: 'the page for a new password', heading: 'Choose a new password', path: reset },
  { name: 'a new password that is refused', heading: 'Choose a new password', path: reset, send: 'restoreForm' },
]);

test.runIf(hasBrowser)('a link from an email is in no Referer, and its form still works', async () => {
  const { id, email } = await activeCustomer(world);
  const token = await issueLink(world.app, 'reset', id);

  await withPage(world, {}, async (page) => {
    const sent: Promise<Record<string, string>>[] = [];
    page.on('request', (request) => void sent.push(request.allHeaders()));
    await page.goto(`/password/restore?token=${token}`);
    await page.getByLabel('New password').fill('Another-Horse-8-Battery');
    await page.getByLabel('Repeat password').fill('Another-Horse-8-Battery');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/login/);
    const referers = (await Promise.all(sent)).map(({ referer }) => referer ?? '');
    expect(referers.length).toBeGreaterThan(2);
    expect(referers.filter((referer) => referer.includes(token))).toEqual([]);

    await logIn(page, email, 'Another-Horse-8-Battery');
    await page.waitForURL(/overview/);
  });
});
