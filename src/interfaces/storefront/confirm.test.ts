import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { type NewCustomer, registerCustomer, resendConfirmation } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();

async function registered(details: Partial<NewCustomer> = {}) {
  const { email } = await registerCustomer(world.app, somebody(details));
  return { email, link: `/register/confirm?token=${await linkToken(world, email)}` };
}
/** The form, open in a browser; call the answer to send it. */
async function opened(link: string) {
  const visitor = browser(world);
  const { html } = await visitor.get(link);
  const token = /confirmForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
  return () =>
    visitor.post('/register/confirm', { 'confirmForm[_token]': token, 'confirmForm[token]': link.split('=')[1] ?? '' });
}
const canLogIn = async (email: string) =>
  (await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD })).status === 302;

test('the button confirms the address, and then one can sign in', async () => {
  const { email, link } = await registered();
  const visitor = browser(world);

  const answer = await visitor.submit(link, 'confirmForm', {});

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect((await visitor.get('/login')).html).toContain('role="status">Your address is confirmed. You can sign in now.');
  expect(await canLogIn(email)).toBe(true);
});

test('an email scanner that opens the link confirms nothing and uses nothing up', async () => {
  const { email, link } = await registered();

  for (let visit = 1; visit <= 3; visit++) expect((await browser(world).get(link)).status).toBe(200);

  expect(await canLogIn(email)).toBe(false);
  expect((await browser(world).submit(link, 'confirmForm', {})).status).toBe(302);
});

test('a link works once', async () => {
  const { link } = await registered();
  const send = await opened(link);
  await browser(world).submit(link, 'confirmForm', {});

  const again = await send();

  expect(again.status).toBe(422);
  expect(again.html).toContain('role="alert">This link is invalid or was used already.');
  expect(again.html).toContain('href="/register/resend"');
  expect((await browser(world).get(link)).status).toBe(422);
});

test('of two clicks at once one wins', async () => {
  const { link } = await registered();
  const forms = [await opened(link), await opened(link)];

  const answers = await Promise.all(forms.map((send) => send()));

  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 422]);
});

test('a link works for seven days', async () => {
  const { link } = await registered();
  const visitor = browser(world);

  world.now = later(world.now, 7 * 86_400 - 60);
  expect((await visitor.get(link)).status).toBe(200);
  world.now = later(world.now, 61);
  const late = await visitor.get(link);

  expect(late.status).toBe(422);
  expect(late.html).toContain('role="alert">This link has expired.');
});

test('only the newest link works', async () => {
  const { email, link } = await registered();
  world.now = later(world.now, 61);
  await resendConfirmation(world.app, email);

  const newest = `/register/confirm?token=${await linkToken(world, email)}`;

  expect((await browser(world).get(link)).status).toBe(422);
  expect((await browser(world).submit(newest, 'confirmForm', {})).status).toBe(302);
});

test.for(['', '?token=', '?token=unknown', '?token=%00', '?token[]=x'])(
  '/register/confirm%s is no link of ours',
  async (search) => {
    const { status, html } = await browser(world).get(`/register/confirm${search}`);

    expect(status).toBe(422);
    expect(html).toContain('This link does not work');
  },
);

test('the language of the email stays the language of what follows', async () => {
  const { email } = await registered({ locale: 'de_DE' });
  const [mail] = await world.mails(email);
  const link = /http:\/\/shop\.test(\/\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  const visitor = browser(world, { 'Accept-Language': 'en' });
  expect((await visitor.get(link)).html).toContain('<html lang="de">');

  const { location } = await visitor.submit(link, 'confirmForm', {});

  expect((await visitor.get(location ?? '')).html).toContain('Ihre Adresse ist bestätigt.');
});
