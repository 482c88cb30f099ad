import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp, type World } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, registration, somebody } from '../../../test/builders.ts';
import { later } from '../../platform/clock.ts';

const onPage = (world: World, email: string, from = browser(world), more: Record<string, string> = {}) =>
  from.submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: 'Ida',
    last_name: 'Noor',
    email,
    'password.pass': PASSWORD,
    'password.confirm': PASSWORD,
    accept_terms: '1',
    ...more,
  });
const overApi = (world: World, email: string) =>
  api(world, 'POST', '/customers', { attributes: registration({ email }) });
const from = (world: World, address: string) => browser(world, { 'X-Forwarded-For': address });
const tagged = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}+${at}.${process.pid}@example.org`);

describe('registrations on the pages', () => {
  const world = useApp({ PAGE_REGISTRATIONS_PER_HOUR: '3', TRUSTED_PROXIES: '127.0.0.1' });

  test('from one network end at the limit, say when to go on and keep what was typed', async () => {
    const visitor = () => from(world, '192.0.2.1');
    for (let at = 0; at < 3; at++) expect((await onPage(world, somebody().email, visitor())).status).toBe(302);
    const { email } = somebody();

    const refused = await onPage(world, email, visitor());

    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(refused.html).toContain('role="alert">Too many requests. Please try again in 60 minutes.');
    expect(refused.html).toContain(`value="${email}"`);
    expect(refused.html).toContain('value="Ida"');
    expect(await world.mails(email)).toEqual([]);

    expect((await onPage(world, email, from(world, '192.0.2.2'))).status).toBe(302);
    world.now = later(world.now, 3601);
    expect((await onPage(world, somebody().email, visitor())).status).toBe(302);
  });

  test('are counted by /64 of IPv6', async () => {
    const send = (host: number) => onPage(world, somebody().email, from(world, `2001:db8:0:1::${host}`));
    for (let host = 1; host <= 3; host++) expect((await send(host)).status).toBe(302);

    expect((await send(4)).status).toBe(429);
  });

  test('of fifty at once let exactly as many in as the limit says', async () => {
    const visitor = from(world, '192.0.2.3');
    await visitor.get('/register');

    const answers = await Promise.all(Array.from({ length: 50 }, () => onPage(world, somebody().email, visitor)));

    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(302), count(429)]).toEqual([3, 47]);
  });

  test('that have a mistake are not counted', async () => {
    const visitor = from(world, '192.0.2.4');
    for (let at = 0; at < 5; at++) await onPage(world, somebody().email, visitor, { accept_terms: '' });

    expect((await onPage(world, somebody().email, visitor)).status).toBe(302);
  });

  test('of an address that has an account end at the same limit with the same answer', async () => {
    const { email } = await activeCustomer(world);
    const refused = async (address: string, network: string) => {
      const visitor = from(world, network);
      for (let at = 0; at < 3; at++) await onPage(world, address, visitor);
      const { status, headers, html } = await onPage(world, address, visitor);
      const same = html.replaceAll(address, 'ADDRESS').replace(/_token\]" value="[^"]+"/g, '');
      return { status, retry: Math.round(Number(headers.get('retry-after')) / 60), same };
    };

    expect(await refused(email, '192.0.2.5')).toEqual(await refused(somebody().email, '192.0.2.6'));
  });
});

describe('registrations over the API', () => {
  const limited = useApp({ API_REGISTRATIONS_PER_HOUR: '2' });
  const world = useApp();

  test('are not limited by network unless a setting says so', async () => {
    for (let at = 0; at < 5; at++) expect((await overApi(world, somebody().email)).status).toBe(201);
  });

  test('are refused in the shape of the contract where it does', async () => {
    for (let at = 0; at < 2; at++) expect((await overApi(limited, somebody().email)).status).toBe(201);

    const refused = await overApi(limited, somebody().email);

    expect([refused.status, refused.json]).toEqual([
      429,
      {
        errors: [
          { detail: expect.stringMatching(/^(Too many requests|Zu viele Anfragen)/), status: 429, code: '4401' },
        ],
      },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
  });
});

describe('one mailbox', () => {
  const world = useApp({ MAILBOX_EMAILS_PER_HOUR: '4', PAGE_REGISTRATIONS_PER_HOUR: '0' });
  const mailsTo = async (name: string) => (await world.mails()).filter(({ to }) => to.startsWith(`${name}+`)).length;

  test.for(['page', 'api'])('gets few emails however many tags are registered on the %s', async (channel) => {
    const name = `tags-${channel}`;
    const register = channel === 'page' ? onPage : overApi;

    const statuses: number[] = [];
    for (const email of tagged(name, 8)) statuses.push((await register(world, email)).status);

    const done = channel === 'page' ? 302 : 201;
    expect(statuses).toEqual([done, done, done, done, 429, 429, 429, 429]);
    expect(await mailsTo(name)).toBe(4);
    const [{ count } = {}] = await world.sql(`select count(*)::int from customer where email like $1`, [`${name}+%`]);
    expect(count).toBe(4);
  });

  test('is still mailed at its plain address, and others at theirs', async () => {
    for (const email of tagged('plain', 6)) await onPage(world, email);

    for (const email of ['plain@example.org', 'plain@example.net', 'pl.ain@example.org']) {
      expect((await onPage(world, email)).status).toBe(302);
      expect(await world.mails(email)).toHaveLength(1);
    }
  });

  test('gets no more by resets, resends or changes of address to unconfirmed tags', async () => {
    const [first = '', second = '', ...others] = tagged('other', 9);
    for (const email of [first, second]) await overApi(world, email);
    const customer = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });

    for (const email of [first, second, first, second])
      await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
    await browser(world).submit('/register/resend', 'resendForm', { email: first });
    for (const email of others)
      await visitor.submit('/customer/profile', 'profileForm', {
        salutation: 'Ms',
        first_name: 'Ida',
        last_name: 'Noor',
        email,
        password: PASSWORD,
      });

    expect(await mailsTo('other')).toBe(4);
  });

  test('does not lose the reset of a confirmed address to tags that strangers make up', async () => {
    const { email } = await activeCustomer(world, { email: `owner+shop.${process.pid}@example.org` });
    for (const made of tagged('owner', 9)) await onPage(world, made);

    await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });

    expect((await world.mails(email))[0]?.subject).toBe('Choose a new password for Clientele');
  });

  test('answers a taken address as the contract says, however often it is asked for', async () => {
    const [email = ''] = tagged('taken', 1);
    await overApi(world, email);

    const answers = await Promise.all(Array.from({ length: 12 }, () => overApi(world, email)));

    expect(answers.map(({ status, json }) => `${status}/${json.errors[0].code}`)).toEqual(Array(12).fill('422/400'));
  });

  test('is free again after an hour', async () => {
    for (const email of tagged('again', 5)) await overApi(world, email);
    world.now = later(world.now, 3601);

    expect((await overApi(world, `again+late@example.org`)).status).toBe(201);
  });
});
