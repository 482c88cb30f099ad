import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();
const ask = (email: string) => browser(world).submit('/register/resend', 'resendForm', { email });

test('an address that waits for confirmation gets a new link, and the old one is void', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  const old = await linkToken(world, email);
  world.now = later(world.now, 61);

  const { status, html } = await ask(email);

  expect(status).toBe(200);
  expect(html).toContain('role="status">If this address waits for confirmation, a new email is on its way.');
  expect(await linkToken(world, email)).not.toBe(old);
  expect((await browser(world).get(`/register/confirm?token=${old}`)).status).toBe(422);
});

test('waiting, confirmed and unknown addresses read the same, and only the first gets an email', async () => {
  const waiting = await registerCustomer(world.app, somebody());
  const { email } = await activeCustomer(world);
  const mails = (await world.mails()).length;
  world.now = later(world.now, 61);

  const answers = [];
  for (const address of [waiting.email, email, 'nobody@example.org']) {
    const { status, html } = await ask(address);
    answers.push({ status, html: html.replaceAll(address, 'ADDRESS').replace(/_token\]" value="[^"]+"/g, '') });
  }

  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect((await world.mails()).length - mails).toBe(1);
});

test('a link that was mailed less than a minute ago is not mailed again, with the same answer', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  await world.runJobs();

  const { status, html } = await ask(email);

  expect(status).toBe(200);
  expect(html).toContain('role="status">If this address waits for confirmation, a new email is on its way.');
  expect(await world.mails(email)).toHaveLength(1);
});

test('who asks several times before the email was sent gets one', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  await world.runJobs();
  world.now = later(world.now, 61);

  for (let request = 1; request <= 3; request++) await ask(email);

  expect(await world.mails(email)).toHaveLength(1 + 1);
});

test('no more than nine mails a quarter of an hour, with the same answer', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  await world.runJobs();

  for (let request = 1; request <= 12; request++) {
    world.now = later(world.now, 61);
    expect((await ask(email)).status).toBe(200);
    await world.runJobs();
  }

  expect(await world.mails(email)).toHaveLength(1 + 9);
  world.now = later(world.now, 901);
  await ask(email);
  expect(await world.mails(email)).toHaveLength(1 + 10);
});

test('what is no address is sent back', async () => {
  const { status, html } = await ask('no address');

  expect(status).toBe(422);
  expect(html).toContain('id="resendForm_email_error"><p>Please enter an email address like name@example.com.</p>');
});
