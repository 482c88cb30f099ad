import { expect, test } from 'vitest';
import { logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { addressSpace } from '../../../test/campaigns.ts';
import { useConsole } from '../../../test/console.ts';
import { linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { useImports } from '../../../test/imports.ts';
import { confirmCustomer, registerCustomer } from '../../domain/customers/index.ts';
import { hashPassword } from '../../domain/passwords/index.ts';

const world = useApp();
const run = useConsole(world);
const { loadLines } = useImports(world);

let number = 0;
/** Imports customers of an address space: with a password and unconfirmed, confirmed, and without a password. */
async function moveIn(at: string): Promise<void> {
  const hash = await hashPassword(world.app, PASSWORD);
  const row = (name: string, password: string, registered: string) =>
    `MOVED--${(number += 1)},${name}${at},"${password}",${registered}`;
  await loadLines(
    'customer',
    'customer_reference,email,password,registered',
    row('open', hash, ''),
    row('confirmed', hash, '2024-01-01'),
    row('invited', '', ''),
  );
}

test('imported customers who have not confirmed their address are mailed a link that confirms it, nobody else', async () => {
  const { at, only } = addressSpace();
  await moveIn(at);
  await registerCustomer(world.app, somebody({ email: `registered${at}` }));
  await world.runJobs();
  const before = (await world.mails()).length;

  const { status, text } = await run('customer:confirmation:send', [only, '--force']);

  expect({ status, text }).toEqual({ status: 0, text: '1 out of 1 emails sent' });
  expect((await world.mails()).length).toBe(before + 1);
  await confirmCustomer(world.app, await linkToken(world, `open${at}`));
  await logIn(world, `open${at}`);
});

test('it counts and asks, and --no-token leaves out who was mailed before', async () => {
  const { at, only } = addressSpace();
  await moveIn(at);

  expect((await run('customer:confirmation:send', [only, '--dry-run'])).text).toMatch(
    /^1 customers .* Nothing was done/,
  );
  const asked = await run('customer:confirmation:send', [only]);
  expect(asked.questions).toEqual(['1 customers in the database will be affected. Do you want to continue?']);
  await run('customer:confirmation:send', [only, '-f']);
  expect((await run('customer:confirmation:send', [only, '-f', '--no-token'])).text).toContain(
    'There is nothing to do.',
  );
});

test('who confirmed while it ran is mailed no link', async () => {
  const { at, only } = addressSpace();
  await moveIn(at);
  await run('customer:confirmation:send', [only, '-f']);
  await confirmCustomer(world.app, await linkToken(world, `open${at}`));

  expect((await run('customer:confirmation:send', [only, '-f'])).text).toContain('There is nothing to do.');
});

test('its passwords are none of its business: --revoke is no option of it', async () => {
  expect(await run('customer:confirmation:send', ['--revoke'])).toMatchObject({ status: 2 });
});
