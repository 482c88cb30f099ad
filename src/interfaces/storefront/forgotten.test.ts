import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { lockAccount, registerCustomer } from '../../domain/customers/index.ts';

const world = useApp();
const ask = (email: string, path = '/password/forgotten') =>
  browser(world).submit(path, 'forgottenPassword', { email });

test('the owner is mailed a link in the language of the account', async () => {
  const { email } = await activeCustomer(world, { locale: 'de_DE' });

  const { status, html } = await ask(email);

  expect(status).toBe(200);
  expect(html).toContain('role="status">If this address has an account, an email with a link is on its way.');
  const [mail] = await world.mails(email);
  expect(mail?.subject).toBe('Wählen Sie ein neues Passwort für Clientele');
  expect(mail?.text).toMatch(/http:\/\/shop\.test\/password\/restore\?token=[\w-]{43}&_store=DE&_locale=de_DE/);
});

test('known, unconfirmed, locked and unknown addresses read the same', async () => {
  const { email } = await activeCustomer(world);
  const unconfirmed = await registerCustomer(world.app, somebody());
  const locked = await activeCustomer(world);
  await lockAccount(world.app, locked.id);

  const answers = [];
  for (const address of [email, unconfirmed.email, locked.email, 'nobody@example.org']) {
    const { status, html } = await ask(address);
    answers.push({ status, html: html.replaceAll(address, 'ADDRESS').replace(/_token\]" value="[^"]+"/g, '') });
  }

  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const subject = async (address: string) => (await world.mails(address))[0]?.subject;
  expect(await subject(unconfirmed.email)).toBe('Choose a new password for Clientele');
  expect(await subject(locked.email)).not.toBe('Choose a new password for Clientele');
  expect(await world.mails('nobody@example.org')).toEqual([]);
});

test('no more than nine mails a quarter of an hour, with the same answer', async () => {
  const { email } = await activeCustomer(world);
  const mails = (await world.mails(email)).length;

  for (let request = 1; request <= 12; request++) expect((await ask(email)).status).toBe(200);

  expect((await world.mails(email)).length - mails).toBe(9);
});

test('the link begins with the configured address, whatever Host says', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  const { html } = await visitor.get('/password/forgotten');
  const token = /forgottenPassword\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';

  const { status } = await api(world, 'POST', '/password/forgotten', {
    headers: {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      Cookie: `form=${visitor.jar.get('form')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ 'forgottenPassword[_token]': token, 'forgottenPassword[email]': email }).toString(),
  });

  expect(status).toBe(200);
  const [mail] = await world.mails(email);
  expect(mail?.text).toContain('http://shop.test/password/restore');
  expect(mail?.text + String(mail?.html)).not.toContain('evil.example');
});

test.for(['', 'no address', 'a@b', 'a b@example.org'])('%j is sent back', async (email) => {
  const { status, html } = await ask(email);

  expect(status).toBe(422);
  expect(html).toContain(
    'id="forgottenPassword_email_error"><p>Please enter an email address like name@example.com.</p>',
  );
});

test('the page can be opened with the address filled in', async () => {
  const { html } = await browser(world).get('/password/forgotten?email=ida%40example.org');

  expect(html).toContain('value="ida@example.org"');
});
