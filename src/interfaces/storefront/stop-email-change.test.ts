import { expect, test } from 'vitest';
import { api, loggedIn, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, OTHER_PASSWORD, PASSWORD, somebody } from '../../../test/builders.ts';
import { customerById } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const world = useApp();

const PATH = '/customer-data-change-request/stop-email-change';
const REQUESTED = 'Another email address was requested for your account';

/** A customer whose browser is signed in and asks for another address. */
async function requested(email = somebody().email) {
  const customer = await activeCustomer(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
  const ask = (email: string) =>
    visitor.submit('/customer/profile', 'profileForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Noor',
      email,
      password: PASSWORD,
    });
  await ask(email);
  const confirmPath = async (to = email) =>
    `/customer-data-change-request/change-email?verification_token=${await linkToken(world, to)}`;
  const stopPath = async () => `${PATH}?token=${await linkToken(world, customer.email)}`;
  return { customer, visitor, email, ask, confirmPath, stopPath };
}
const emailOf = async (id: string) => (await customerById(world.app.db, id))?.email;
const statusOf = async (path: string) => (await browser(world).get(path)).status;
const stop = (path: string, values: Record<string, string> = {}) =>
  browser(world).submit(path, 'stopEmailChangeForm', values);

test('the present address is told what was asked for and when, not which address', async () => {
  world.now = new Date('2026-03-01T09:30:00Z');
  const { customer, email } = await requested();

  const [mail] = await world.mails(customer.email);

  expect(mail?.subject).toBe(REQUESTED);
  expect(mail?.text).toContain('Requested on March 1, 2026 at 9:30 AM UTC.');
  expect(mail?.text).toContain(`http://shop.test${PATH}?token=`);
  expect(`${mail?.text}${mail?.html}`).not.toContain(email);
});

test('opening its link stops nothing, the button does: the link to the new address is void', async () => {
  const { customer, visitor, confirmPath, stopPath } = await requested();
  const [confirming, stopping] = [await confirmPath(), await stopPath()];
  for (let at = 0; at < 3; at++) expect((await browser(world).get(stopping)).status).toBe(200);
  expect((await browser(world).get(confirming)).status).toBe(200);

  const other = browser(world);
  expect(await other.submit(stopping, 'stopEmailChangeForm', {})).toMatchObject({ status: 302, location: '/login' });

  expect((await other.get('/login')).html).toContain('role="status">The change is stopped.');
  expect(await statusOf(confirming)).toBe(422);
  expect(await emailOf(customer.id)).toBe(customer.email);
  expect((await visitor.get('/customer/profile')).html).not.toContain('waits for confirmation');
  expect(await statusOf(stopping)).toBe(422);
});

test('a change that was stopped before its email left sends none', async () => {
  const { customer, email, stopPath } = await requested();
  await world.runJobs();
  await stop(await stopPath());
  const before = (await world.mails(email)).length;
  await world.app.queue.add(world.app.db, 'customers.send-email-change', [{ customerId: customer.id }]);

  expect((await world.mails(email)).length).toBe(before);
});

test('who did not ask for it ends every session and token and the password, and is mailed a link for a new one', async () => {
  const { customer, visitor, stopPath } = await requested();
  const { accessToken: token } = await logIn(world, customer.email);
  const answer = await stop(await stopPath(), { was_not_me: '1' });

  expect([answer.status, answer.location]).toEqual([302, '/login']);
  expect((await visitor.get('/customer/profile')).location).toContain('/login');
  expect((await api(world, 'GET', '/customers', { token })).status).toBe(401);
  await expect(logIn(world, customer.email)).rejects.toThrow('answered 401');
  const [mail] = await world.mails(customer.email);
  expect(mail?.subject).toBe('Choose a new password for Clientele');
  await browser(world).submit(`/password/restore?token=${await linkToken(world, customer.email)}`, 'restoreForm', {
    'password.pass': OTHER_PASSWORD,
    'password.confirm': OTHER_PASSWORD,
  });
  await expect(logIn(world, customer.email, OTHER_PASSWORD)).resolves.toBeDefined();
});

test('a change over the API is told and stopped alike', async () => {
  const customer = await loggedIn(world);
  const { email } = somebody();
  await api(world, 'PATCH', customer.own, { token: customer.token, attributes: { email } });
  const confirming = `/customer-data-change-request/change-email?verification_token=${await linkToken(world, email)}`;
  expect((await world.mails(customer.email))[0]?.subject).toBe(REQUESTED);

  expect((await stop(`${PATH}?token=${await linkToken(world, customer.email)}`)).status).toBe(302);

  expect(await statusOf(confirming)).toBe(422);
  expect(await emailOf(customer.id)).toBe(customer.email);
});

test('an address that has an account is told of alike, so that the email does not tell it', async () => {
  const { customer } = await requested((await activeCustomer(world)).email);

  expect((await world.mails(customer.email))[0]?.subject).toBe(REQUESTED);
});

test('the link outlasts the change, is replaced by that of a newer one and ends when the change is confirmed', async () => {
  const { ask, confirmPath, stopPath, customer } = await requested();
  const older = await stopPath();
  const { email } = somebody();
  await ask(email);
  const [newer, confirming] = [await stopPath(), await confirmPath(email)];
  expect(await statusOf(older)).toBe(422);

  world.now = later(world.now, 6 * 86_400);
  expect((await browser(world).get(newer)).status).toBe(200);
  expect((await stop(newer)).status).toBe(302);
  expect(await statusOf(confirming)).toBe(422);
  expect(await emailOf(customer.id)).toBe(customer.email);
});

test('a change that was confirmed is not undone by it', async () => {
  const { customer, email, confirmPath, stopPath } = await requested();
  const stopping = await stopPath();
  await browser(world).submit(await confirmPath(), 'changeEmailForm', {});

  expect(await statusOf(stopping)).toBe(422);
  expect(await emailOf(customer.id)).toBe(email);
});

test('of the two buttons pressed at once one wins', async () => {
  const { customer, email, confirmPath, stopPath } = await requested();
  const [confirming, stopping] = [await confirmPath(), await stopPath()];

  const send = async (path: string, form: string, field: string) => {
    const visitor = browser(world);
    const token = new RegExp(`${form}\\[_token\\]" value="([^"]+)"`).exec((await visitor.get(path)).html)?.[1] ?? '';
    const values = { [`${form}[_token]`]: token, [`${form}[${field}]`]: path.split('=')[1] ?? '' };
    return () => visitor.post(path, values);
  };
  const buttons = [
    await send(confirming, 'changeEmailForm', 'verification_token'),
    await send(stopping, 'stopEmailChangeForm', 'token'),
  ];

  const [confirmed, stopped] = await Promise.all(buttons.map((press) => press()));

  expect(new Set([confirmed?.status, stopped?.status])).toEqual(new Set([302, 422]));
  expect(await emailOf(customer.id)).toBe(confirmed?.status === 302 ? email : customer.email);
});

test('its token is good for nothing else, and no other token for it', async () => {
  const { confirmPath, stopPath } = await requested();
  const [confirming, stopping] = [await confirmPath(), await stopPath()];
  const tokenOf = (path: string) => path.split('=')[1] ?? '';

  for (const path of ['/password/restore?token=', '/login/unlock?token=', '/register/confirm?token='])
    expect((await browser(world).get(path + tokenOf(stopping))).status).toBe(422);
  expect((await browser(world).get(`${PATH}?token=${tokenOf(confirming)}`)).status).toBe(422);
});
