import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { customerById } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();

async function customerAndBrowser() {
  const customer = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
  const ask = (email: string, more: Record<string, string> = {}) =>
    visitor.submit('/customer/profile', 'profileForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Noor',
      email,
      password: PASSWORD,
      ...more,
    });
  return { customer, visitor, ask };
}
const linkTo = async (email: string) =>
  `/customer-data-change-request/change-email?verification_token=${await linkToken(world, email)}`;
const emailOf = async (id: string) => (await customerById(world.app.db, id))?.email;

test('a new address counts once the link mailed to it was confirmed, and the old one is told', async () => {
  const { customer, visitor, ask } = await customerAndBrowser();
  const { email } = somebody();

  expect((await ask(email, { first_name: 'Idun' })).status).toBe(302);
  const { html } = await visitor.get('/customer/profile');
  expect(html).toContain(`${email} waits for confirmation.`);
  expect(html.match(/class="notice/g)).toHaveLength(1);
  expect(await customerById(world.app.db, customer.id)).toMatchObject({ email: customer.email, firstName: 'Idun' });

  const answer = await visitor.submit(await linkTo(email), 'changeEmailForm', {});
  expect([answer.status, answer.location]).toEqual([302, '/customer/profile']);
  expect((await visitor.get('/customer/profile')).html).toContain('role="status">Your new address is in use.');
  expect(await emailOf(customer.id)).toBe(email);
  expect((await world.mails(customer.email))[0]?.subject).toBe('Your email address was changed');
});

test('the link works where nobody is signed in', async () => {
  const { customer, ask } = await customerAndBrowser();
  const { email } = somebody();
  await ask(email);

  expect((await browser(world).submit(await linkTo(email), 'changeEmailForm', {})).location).toBe('/login');
  expect(await emailOf(customer.id)).toBe(email);
});

test('opening the link says which address it is and changes nothing', async () => {
  const { customer, ask } = await customerAndBrowser();
  const { email } = somebody();
  await ask(email);

  const { html } = await browser(world).get(await linkTo(email));

  expect(html).toContain(`Once you confirm, you sign in with ${email}.`);
  expect(await emailOf(customer.id)).toBe(customer.email);
});

test('a link works once, for half an hour, and only the newest', async () => {
  const { customer, visitor, ask } = await customerAndBrowser();
  const [first, second] = [somebody().email, somebody().email];
  await ask(first);
  const older = await linkTo(first);
  await ask(second);
  const newer = await linkTo(second);
  expect((await visitor.get(older)).html).toContain('This link is invalid or was used already.');
  await visitor.submit(newer, 'changeEmailForm', {});
  expect((await visitor.get(newer)).status).toBe(422);

  const third = somebody().email;
  await ask(third);
  const late = await linkTo(third);
  world.now = later(world.now, 1801);
  expect((await visitor.get(late)).html).toContain('This link has expired.');
  expect(await emailOf(customer.id)).toBe(second);
});

test('the profile shows which address waits for confirmation', async () => {
  const { visitor, ask } = await customerAndBrowser();
  const { email } = somebody();
  await ask(email);
  await world.runJobs();
  await visitor.get('/customer/profile');

  expect((await visitor.get('/customer/profile')).html).toContain(
    `class="notice info">${email} waits for confirmation. Please follow the link in the email within 30 minutes.`,
  );
});

test('nobody learns that an address has an account', async () => {
  const { email } = await activeCustomer(world);
  const askFor = async (address: string) => {
    const { visitor, ask } = await customerAndBrowser();
    const { status, location } = await ask(address);
    await world.runJobs();
    const pages = [await visitor.get('/customer/profile'), await visitor.get('/customer/profile')];
    // The customers differ in their own addresses and in what is secret.
    const read = ({ html }: (typeof pages)[number]) =>
      html
        .replaceAll(address, 'ADDRESS')
        .replace(/ida\.noor[^"@]*@example\.org/g, 'OWN')
        .replace(/_token\]" value="[^"]+"/g, '');
    return { status, location, pages: pages.map(read) };
  };

  expect(await askFor(email)).toEqual(await askFor(somebody().email));
});

test('the owner of an address that somebody else asks for is told by mail, and nothing waits there', async () => {
  const { ask } = await customerAndBrowser();
  const { email } = await activeCustomer(world);

  expect(await ask(email)).toMatchObject({ status: 302, location: '/customer/profile' });

  const subjects = (await world.mails(email)).map(({ subject }) => subject);
  expect(subjects[0]).toBe('You already have an account with Clientele');
  expect(subjects).not.toContain('Please confirm your new email address');
});

test('an address that somebody else took meanwhile is not taken from them', async () => {
  const { customer, visitor, ask } = await customerAndBrowser();
  const { email } = somebody();
  await ask(email);
  const link = await linkTo(email);
  await activeCustomer(world, { email });

  expect((await visitor.submit(link, 'changeEmailForm', {})).status).toBe(422);
  expect(await emailOf(customer.id)).toBe(customer.email);
});

test('the address one has may be saved again, and asks for nothing', async () => {
  const { customer, visitor, ask } = await customerAndBrowser();
  const mails = (await world.mails()).length;

  await ask(customer.email);

  expect((await visitor.get('/customer/profile')).html).toContain('role="status">Your profile is saved.');
  expect((await world.mails()).length).toBe(mails);
});

test('how far one gets with asking tells nothing of whose the addresses are', async () => {
  const { visitor, ask } = await customerAndBrowser();
  const { email: taken } = await activeCustomer(world);
  const waiting = async () =>
    / class="notice info">(\S+) waits/.exec((await visitor.get('/customer/profile')).html)?.[1];

  for (let at = 0; at < 12; at++) await ask(somebody().email);
  const before = await waiting();
  expect(before).toBeDefined();
  await ask(taken);

  expect(await waiting()).toBe(before);
});

test('a taken address uses up as much of what one may ask for as a free one', async () => {
  const { customer, ask } = await customerAndBrowser();
  for (let at = 0; at < 9; at++) await ask((await activeCustomer(world)).email);
  const { email } = somebody();

  await ask(email);

  expect(await world.mails(email)).toEqual([]);
  expect(await emailOf(customer.id)).toBe(customer.email);
});

test('a taken address counts once against the network of who asks, as a free one does', async () => {
  const { ask } = await customerAndBrowser();
  const { email: taken } = await activeCustomer(world);
  const counted = async (email: string) => {
    const count = async () => {
      const [row] = await world.sql(
        'select coalesce(sum(failures), 0)::int as uses from throttle where account is null',
      );
      return Number(row?.['uses']);
    };
    const before = await count();
    await ask(email);
    return (await count()) - before;
  };

  expect([await counted(somebody().email), await counted(taken)]).toEqual([1, 1]);
});

test('of two who confirm one address at once the second reads that it is taken', async () => {
  const [first, second] = [await customerAndBrowser(), await customerAndBrowser()];
  const { email } = somebody();
  await second.ask(email);
  const link = await linkTo(email);

  // The first one's change is written and not yet committed when the second one asks whether the address is free.
  await world.sql('begin');
  await world.sql('update customer set email = $1, email_key = $1 where id = $2', [email, first.customer.id]);
  const answer = second.visitor.submit(link, 'changeEmailForm', {});
  const isWaiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`;
  while ((await world.sql(isWaiting)).length === 0) await world.sql('select pg_stat_clear_snapshot()');
  await world.sql('commit');

  expect((await answer).status).toBe(422);
  expect((await answer).html).toContain('This address cannot be used. Please choose another one.');
  expect([await emailOf(first.customer.id), await emailOf(second.customer.id)]).toEqual([email, second.customer.email]);
});

test('a new address asks for the current password, and keeps what was typed', async () => {
  const { customer, visitor, ask } = await customerAndBrowser();
  const { email } = somebody();

  for (const [password, text] of [
    ['', 'Please enter your current password: a new email address needs it.'],
    ['Wrong-Horse-7-Battery', 'This is not your current password.'],
  ] as const) {
    const { status, html } = await ask(email, { first_name: 'Idun', password });

    expect(status).toBeGreaterThanOrEqual(400);
    expect(html.split('id="profileForm_password_error">')[1]).toMatch(new RegExp(`^<p>${text}`));
    expect(html).toContain(`value="${email}"`);
    expect(html).toContain('value="Idun"');
    expect(html).not.toContain('Wrong-Horse');
  }

  expect(await world.mails(email)).toEqual([]);
  expect(await customerById(world.app.db, customer.id)).toMatchObject({ firstName: 'Ida', email: customer.email });
  expect((await visitor.get('/customer/profile')).html).not.toContain('waits for confirmation');
});

test('other details are saved without a password', async () => {
  const { customer, ask } = await customerAndBrowser();

  expect((await ask(customer.email, { first_name: 'Idun', password: '' })).status).toBe(302);

  expect(await customerById(world.app.db, customer.id)).toMatchObject({ firstName: 'Idun' });
});

test('wrong passwords are counted as those of a password change are', async () => {
  const { customer, ask } = await customerAndBrowser();
  const { email } = somebody();
  for (let at = 0; at < 9; at++) await ask(email, { password: 'Wrong-Horse-7-Battery' });

  expect((await ask(email)).html).toContain('This is not your current password.');
  expect(await emailOf(customer.id)).toBe(customer.email);
  expect(await world.mails(email)).toEqual([]);

  world.now = later(world.now, 361);
  expect((await ask(email)).status).toBe(302);
});
