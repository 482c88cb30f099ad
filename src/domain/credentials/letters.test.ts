import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../customers/index.ts';
import { requestReset } from './index.ts';

const world = useApp({ RESET_LINK_SECONDS: '900', CONFIRM_LINK_SECONDS: '7200' });

test('a letter says how long its link is good for in a unit that is exact', async () => {
  const { email } = await activeCustomer(world);
  await requestReset(world.app, email);
  const registered = await registerCustomer(world.app, somebody());

  expect((await world.mails(email))[0]?.text).toContain('The link works once and for 15 minutes.');
  expect((await world.mails(registered.email))[0]?.text).toContain('The link works once and for 2 hours.');
});

test('a letter greets a customer by name, and one without a name all the same', async () => {
  const named = await activeCustomer(world);
  const nameless = await activeCustomer(world);
  await world.sql('update customer set first_name = null, last_name = null where id = $1', [nameless.id]);
  for (const { email } of [named, nameless]) await requestReset(world.app, email);

  expect((await world.mails(named.email))[0]?.text).toContain('Hello Ida Noor,');
  expect((await world.mails(nameless.email))[0]?.text).toMatch(/^Hello,$/m);
});
