import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { jobs } from '../../app.ts';
import { later } from '../../platform/clock.ts';
import { entriesAbout } from '../audit/index.ts';
import { startCampaign } from '../campaigns/index.ts';
import { changePassword, requestReset } from '../credentials/index.ts';
import { signIn } from '../sign-in/index.ts';
import {
  anonymizeCustomer,
  confirmCustomer,
  confirmEmailChange,
  editProfile,
  registerCustomer,
  requestEmailChange,
  resendConfirmation,
} from './index.ts';
import { sweepErasureReceipts } from './erasure-receipt.ts';

const world = useApp();

/**
 * The mailbox stands in for a mail server: what was sent lies with whoever got it. It exists in development alone and
 * forgets by itself.
 */
const tables = () =>
  world.sql(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' and table_name <> 'mailbox'`);

/** Tables in which any of the words stands, in whatever letter case, as text or as bytes. */
async function tablesWith(words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const forms = words.flatMap((word) => [word.toLowerCase(), Buffer.from(word).toString('hex')]);
  for (const { name } of await tables()) {
    const rows = await world.sql(
      `select 1 from ${String(name)} t, unnest($1::text[]) as word where position(word in lower(t::text)) > 0 limit 1`,
      [forms],
    );
    if (rows.length > 0) found.push(String(name));
  }
  return found;
}

const person = { email: 'zebulon.quisenberry@example.org', firstName: 'Zebulon', lastName: 'Quisenberry' };
const personal = ['zebulon', 'quisenberry', '+49 30 7654321', 'Quagmire GmbH', '1971-02-03', 'iceweasel/99'];

/** Somebody who did everything that a customer can do. */
async function busyCustomer() {
  const { id, reference } = await registerCustomer(world.app, somebody({ ...person, email: 'q1.zebulon@example.org' }));
  await resendConfirmation(world.app, 'q1.zebulon@example.org');
  await confirmCustomer(world.app, await linkToken(world, 'q1.zebulon@example.org'));
  await editProfile(world.app, id, { phone: '+49 30 7654321', company: 'Quagmire GmbH', dateOfBirth: '1971-02-03' });
  await requestEmailChange(world.app, id, person.email);
  await confirmEmailChange(world.app, await linkToken(world, person.email));
  const visitor = browser(world, { 'User-Agent': 'Iceweasel/99' });
  await visitor.submit('/login', 'loginForm', { email: person.email, password: PASSWORD });
  for (let at = 0; at < 9; at++)
    await visitor.submit('/login', 'loginForm', { email: person.email, password: 'wrong' });
  await changePassword(world.app, { customerId: id, current: PASSWORD, next: 'Another-Horse-8-Battery' });
  await requestReset(world.app, person.email);
  await requestEmailChange(world.app, id, 'q2.zebulon@example.org');
  await world.runJobs();
  return { id, reference };
}

test('of an erased person nothing is left: no name, address, number or device, in no table', async () => {
  const { id } = await busyCustomer();
  expect(await tablesWith(personal)).toEqual(expect.arrayContaining(['public.customer', 'public.audit_values']));

  await anonymizeCustomer(world.app, id);
  await world.runJobs();

  expect(await tablesWith(personal)).toEqual([]);
});

test('what waits to be mailed when a person is erased is forgotten too', async () => {
  const { id, email } = await registerCustomer(world.app, somebody({ email: 'xanthippe.one@example.org' }));
  await requestReset(world.app, email);
  await requestEmailChange(world.app, id, 'xanthippe.two@example.org');
  await anonymizeCustomer(world.app, id);

  await world.runJobs();

  expect(await tablesWith(['xanthippe'])).toEqual([]);
});

test('a campaign that was aimed at an address forgets it', async () => {
  const { id, email } = await registerCustomer(world.app, somebody({ email: 'wilhelmina@example.org' }));
  await startCampaign(world.app, { kind: 'reset', noToken: false, filters: { email }, store: null, revoke: false });
  await world.runJobs();

  await anonymizeCustomer(world.app, id);
  await world.runJobs();

  expect((await tablesWith(['wilhelmina'])).filter((table) => table.startsWith('public.'))).toEqual([]);
});

test('the number, the reference and the log of what was done stay', async () => {
  const { id, reference, number } = await registerCustomer(world.app, somebody());

  await anonymizeCustomer(world.app, id);

  expect(
    await world.sql('select number, state, password_hash from customer where reference = $1', [reference]),
  ).toEqual([{ number, state: 'anonymized', password_hash: null }]);
  const entries = await entriesAbout(world.app.db, id);
  expect(entries.map(({ action }) => action)).toEqual(['customers.anonymized', 'customers.registered']);
  expect(entries.every(({ changes }) => changes === null)).toBe(true);
});

test('every way in is closed, and the address is free again', async () => {
  const { id, email, reference } = await registerCustomer(world.app, somebody());
  await confirmCustomer(world.app, await linkToken(world, email));
  const { accessToken } = await logIn(world, email);

  expect((await api(world, 'DELETE', `/customers/${reference}`, { token: accessToken })).status).toBe(204);

  expect((await api(world, 'GET', `/customers/${reference}`, { token: accessToken })).status).toBe(401);
  await expect(
    signIn(world.app, { email, password: PASSWORD, door: 'customer', clears: true }, async () => 'in'),
  ).rejects.toThrow('sign-in.refused');
  const again = await registerCustomer(world.app, somebody({ email }));
  expect(again.id).not.toBe(id);
  expect(again.reference).not.toBe(reference);
});

test('a receipt goes to the address, and nothing after it', async () => {
  const { id, email } = await registerCustomer(world.app, somebody());
  await world.runJobs();
  await anonymizeCustomer(world.app, id);
  await requestReset(world.app, email);
  await resendConfirmation(world.app, email);

  const [receipt, ...earlier] = await world.mails(email);
  expect(receipt?.subject).toMatch(/deleted|erased|removed/i);
  expect(earlier).toHaveLength(1);
});

test('a receipt that cannot be delivered leaves the address nowhere: not while it is tried, not when it is given up', async () => {
  const { id } = await registerCustomer(world.app, somebody({ email: 'yolanda.undeliverable@example.org' }));
  await world.runJobs();
  const refusing = {
    ...world.app.mailer,
    send: () =>
      Promise.reject(new Error('550 Yolanda.Undeliverable: no such user, <yolanda.undeliverable@example.org>')),
  };
  await anonymizeCustomer(world.app, id);

  await world.app.queue.drain({ ...world.app, mailer: refusing }, jobs);
  expect(await tablesWith(['yolanda'])).toEqual([]);
  await world.sql(`update pgboss.job set start_after = now(), retry_count = retry_limit where state = 'retry'`);
  await world.app.queue.drain({ ...world.app, mailer: refusing }, jobs);

  expect((await world.app.queue.failed()).map(({ name }) => name)).toEqual(['customers.send-erasure-receipt']);
  expect(await tablesWith(['yolanda'])).toEqual([]);
  world.now = later(world.now, 86_401);
  await sweepErasureReceipts.start(world.app, {});
  expect(await world.sql('select 1 from erasure_receipt')).toEqual([]);
});

test('two erased customers share nothing', async () => {
  const ids = [(await registerCustomer(world.app, somebody())).id, (await registerCustomer(world.app, somebody())).id];
  for (const id of ids) await anonymizeCustomer(world.app, id);

  const rows = await world.sql('select distinct email from customer where id = any($1)', [ids]);
  expect(rows).toHaveLength(2);
});

test('an erasure that fails erases nothing', async () => {
  const { id, email } = await registerCustomer(world.app, somebody());
  const broken = {
    name: 'broken',
    tables: {},
    export: async () => undefined,
    anonymize: () => Promise.reject(new Error('broken')),
  };

  await expect(anonymizeCustomer({ ...world.app, privacy: [...world.app.privacy, broken] }, id)).rejects.toThrow(
    'broken',
  );

  expect(await world.sql('select email, state from customer where id = $1', [id])).toEqual([
    { email, state: 'unverified' },
  ]);
  expect(
    await world.sql("select 1 from audit_entry where customer_id = $1 and action = 'customers.anonymized'", [id]),
  ).toEqual([]);
});
