import { describe, expect, test } from 'vitest';
import { useApp, type World } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../../domain/customers/index.ts';
import { issueLink } from '../../domain/links/index.ts';
import { renewSession, resumeSession, startSession } from '../../domain/sessions/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';
type Browser = ReturnType<typeof browser>;

async function signedIn(email: string, more: Record<string, string> = {}, there: World = world) {
  const shopper = browser(there);
  const answer = await shopper.submit('/login', 'loginForm', { email, password: PASSWORD, ...more });
  expect(answer.status).toBe(302);
  return shopper;
}

/** Another browser with the same cookies, as a thief has it who copied them. */
function copyOf(shopper: Browser, there: World = world): Browser {
  const copy = browser(there);
  for (const [name, value] of shopper.jar) copy.jar.set(name, value);
  return copy;
}
const isIn = async (shopper: Browser) => (await shopper.get('/customer/overview')).status === 200;

describe('the id of a session changes, and a copy of the old one is worth nothing,', () => {
  test('when the password changes', async () => {
    const { email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const thief = copyOf(shopper);

    const answer = await shopper.submit('/customer/profile', 'passwordForm', {
      password: PASSWORD,
      'new_password.password': NEXT,
      'new_password.confirm': NEXT,
    });

    expect(answer.status).toBe(302);
    expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('session='))).toHaveLength(1);
    expect([await isIn(shopper), await isIn(thief)]).toEqual([true, false]);
  });

  test('when a new email is confirmed in it', async () => {
    const { id, email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const thief = copyOf(shopper);
    const token = await issueLink(world.app, 'email-change', id, `new.${email}`);

    await shopper.submit(
      `/customer-data-change-request/change-email?verification_token=${token}`,
      'changeEmailForm',
      {},
    );

    expect([await isIn(shopper), await isIn(thief)]).toEqual([true, false]);
  });

  const open = useApp({ DOUBLE_OPT_IN: 'false' });
  test('when the account is confirmed in it', async () => {
    const { id, email } = await registerCustomer(open.app, somebody());
    await open.sql('update customer set verified_at = null where id = $1', [id]);
    const shopper = await signedIn(email, {}, open);
    const thief = copyOf(shopper, open);
    const token = await issueLink(open.app, 'confirm', id);

    await shopper.submit(`/register/confirm?token=${token}`, 'confirmForm', {});

    expect([await isIn(shopper), await isIn(thief)]).toEqual([true, false]);
  });

  test('when a second factor was shown', async () => {
    const { id, email } = await activeCustomer(world);
    await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [id, world.now]);
    const shopper = await signedIn(email);
    await shopper.submit('/customer/profile', 'codeForm', {});
    const [mail] = await world.mails(email);
    const thief = copyOf(shopper);

    const answer = await shopper.submit('/customer/profile', 'profileForm', {
      first_name: 'Ida',
      last_name: 'Neu',
      email,
      code: /^\d{6}$/m.exec(mail?.text ?? '')?.[0] ?? '',
    });

    expect(answer.location).toBe('/customer/profile');
    expect([await isIn(shopper), await isIn(thief)]).toEqual([true, false]);
  });
});

test('a renewed session is the same one otherwise: device, time that is left, remembered or not', async () => {
  const { email } = await activeCustomer(world);
  const shopper = await signedIn(email, { remember_me: '1' });
  world.now = new Date(world.now.getTime() + 100 * 86_400_000);

  const { headers } = await shopper.submit('/customer/profile', 'passwordForm', {
    password: PASSWORD,
    'new_password.password': NEXT,
    'new_password.confirm': NEXT,
  });

  const cookie = headers.getSetCookie().find((cookie) => cookie.startsWith('session=')) ?? '';
  expect(cookie).toMatch(/^session=[\w-]{43}; Max-Age=228960\d\d; Path=\/; HttpOnly; SameSite=Lax$/);
  world.now = new Date(world.now.getTime() + 266 * 86_400_000);
  expect(await isIn(shopper)).toBe(false);
});

describe('two tabs', () => {
  test('that renew a session at once: one does, and its id is the session\u2019s', async () => {
    const { id } = await activeCustomer(world);
    const { token } = await startSession(world.app, { customerId: id, remembered: false });

    const renewed = await Promise.all(Array.from({ length: 10 }, () => renewSession(world.app, token)));

    const [one, ...others] = renewed.filter((session) => session !== undefined);
    expect(others).toEqual([]);
    expect(await resumeSession(world.app, one?.token ?? '')).toMatchObject({ customerId: id });
    expect(await resumeSession(world.app, token)).toBeUndefined();
  });

  test('of which one asked just before: it keeps the new cookie and lands where it wanted', async () => {
    const { email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const late = copyOf(shopper);
    await shopper.submit('/customer/profile', 'passwordForm', {
      password: PASSWORD,
      'new_password.password': NEXT,
      'new_password.confirm': NEXT,
    });

    const answer = await late.get('/customer/profile');
    expect(answer.location).toBe('/login?target=%2Fcustomer%2Fprofile');
    expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('session='))).toEqual([]);
    expect((await shopper.get(answer.location ?? '')).location).toBe('/customer/profile');
  });

  test('with a form that was open before a renewal may still send it', async () => {
    const { id, email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const { html } = await shopper.get('/customer/overview');
    const token = await issueLink(world.app, 'email-change', id, `new.${email}`);
    await shopper.submit(
      `/customer-data-change-request/change-email?verification_token=${token}`,
      'changeEmailForm',
      {},
    );

    const sent = /logoutForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
    expect((await shopper.post('/logout', { 'logoutForm[_token]': sent })).location).toBe('/login');
  });
});

describe('what was planted before a sign-in is not taken:', () => {
  test('the session of another customer', async () => {
    const [victim, attacker] = [await activeCustomer(world), await activeCustomer(world)];
    const shopper = browser(world);
    const { html } = await shopper.get('/login');
    const planted = await signedIn(attacker.email);
    shopper.jar.set('session', planted.jar.get('session') ?? '');

    const answer = await shopper.post('/login_check', {
      'loginForm[_token]': /loginForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '',
      'loginForm[email]': victim.email,
      'loginForm[password]': PASSWORD,
    });

    expect(answer.location).toBe('/customer/overview');
    expect((await shopper.get('/customer/overview')).html).toContain(victim.email);
    expect(await isIn(planted)).toBe(false);
  });

  test('a session that ended', async () => {
    const { email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const old = shopper.jar.get('session') ?? '';
    world.now = new Date(world.now.getTime() + 3_700_000);

    await shopper.submit('/login', 'loginForm', { email, password: PASSWORD });

    expect(shopper.jar.get('session')).not.toBe(old);
    expect(await resumeSession(world.app, old)).toBeUndefined();
  });

  test('the secret of forms', async () => {
    const { email } = await activeCustomer(world);
    const attacker = browser(world);
    const { html } = await attacker.get('/login');
    const known = /_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const shopper = browser(world);
    shopper.jar.set('form', attacker.jar.get('form') ?? '');
    await shopper.submit('/login', 'loginForm', { email, password: PASSWORD });

    const forged = await shopper.post('/customer/profile', {
      'profileForm[_token]': known,
      'profileForm[first_name]': 'Eve',
      'profileForm[last_name]': 'Noor',
      'profileForm[email]': email,
    });

    expect(forged.status).toBe(403);
    expect(await isIn(shopper)).toBe(true);
  });

  test('a device, which stays the attacker\u2019s', async () => {
    const [victim, attacker] = [await activeCustomer(world), await activeCustomer(world)];
    const theirs = await signedIn(attacker.email);
    const shopper = browser(world);
    shopper.jar.set('device', theirs.jar.get('device') ?? '');

    await shopper.submit('/login', 'loginForm', { email: victim.email, password: PASSWORD });

    expect(shopper.jar.get('device')).not.toBe(theirs.jar.get('device'));
  });

  test('a link that signs nobody in leaves a session alone', async () => {
    const { email } = await activeCustomer(world);
    const shopper = await signedIn(email);
    const { email: other } = await registerCustomer(world.app, somebody());

    await shopper.submit(`/register/confirm?token=${await linkToken(world, other)}`, 'confirmForm', {});

    expect((await shopper.get('/customer/overview')).html).toContain(email);
  });
});
