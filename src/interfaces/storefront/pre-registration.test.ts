import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp, type World } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, OTHER_PASSWORD, PASSWORD, registration, somebody } from '../../../test/builders.ts';
import { customerByEmail } from '../../domain/customers/index.ts';
import { later } from '../../platform/clock.ts';

const STRANGER = OTHER_PASSWORD;
const OWNER = PASSWORD;
const CHOSEN = 'Chosen-Horse-9-Battery';

const confirmPath = async (world: World, email: string) => `/register/confirm?token=${await linkToken(world, email)}`;

/** Registers on the page. */
const onPage = (world: World, email: string, password: string, more: Record<string, string> = {}) =>
  browser(world).submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: 'Ida',
    last_name: 'Noor',
    email,
    'password.pass': password,
    'password.confirm': password,
    accept_terms: '1',
    ...more,
  });
const overApi = (world: World, email: string, password: string) =>
  api(world, 'POST', '/customers', {
    attributes: registration({ email, password }),
    headers: { 'Accept-Language': 'en' },
  });
const confirmOverApi = (world: World, registrationKey: string) =>
  api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey } });
const signsIn = async (world: World, email: string, password: string) =>
  (await api(world, 'POST', '/access-tokens', { attributes: { username: email, password } })).status === 201;

const world = useApp({ MAIL_REQUESTS: '1000', PAGE_REGISTRATIONS_PER_HOUR: '1000' });

const channels = { page: onPage, api: overApi };
describe.for([
  ['page', 'page'],
  ['page', 'api'],
  ['api', 'page'],
  ['api', 'api'],
] as const)('an address that is registered on the %s and then on the %s, with two passwords', ([first, second]) => {
  test.for([
    ['the stranger', STRANGER, OWNER],
    ['the owner', OWNER, STRANGER],
  ] as const)('opens to neither when %s was first; who confirms on the page chooses one', async ([, one, other]) => {
    const { email } = somebody();
    await channels[first](world, email, one);
    await channels[second](world, email, other);
    const path = await confirmPath(world, email);
    const visitor = browser(world);

    expect((await visitor.get(path)).html).toContain('Please choose the password of your account');
    const mistaken = await visitor.submit(path, 'confirmForm', {
      'password.pass': 'short',
      'password.confirm': 'short',
    });
    expect([mistaken.status, await signsIn(world, email, 'short')]).toEqual([422, false]);
    const values = { 'password.pass': CHOSEN, 'password.confirm': CHOSEN };
    expect(await visitor.submit(path, 'confirmForm', values)).toMatchObject({ status: 302, location: '/login' });

    expect(await Promise.all([STRANGER, OWNER, CHOSEN].map((password) => signsIn(world, email, password)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('opens to neither when the key is confirmed over the API; a link that sets a password is mailed', async () => {
    const { email } = somebody();
    await channels[first](world, email, STRANGER);
    await channels[second](world, email, OWNER);

    expect(await confirmOverApi(world, await linkToken(world, email))).toMatchObject({ status: 204, text: '' });

    expect([await signsIn(world, email, STRANGER), await signsIn(world, email, OWNER)]).toEqual([false, false]);
    expect((await world.mails(email))[0]?.subject).toBe('Clientele invites you to your customer account');
    await browser(world).submit(`/password/restore?token=${await linkToken(world, email)}`, 'restoreForm', {
      'password.pass': CHOSEN,
      'password.confirm': CHOSEN,
    });
    expect(await signsIn(world, email, CHOSEN)).toBe(true);
  });

  test('with one password twice is confirmed as ever', async () => {
    const { email } = somebody();
    await channels[first](world, email, OWNER);
    await channels[second](world, email.toUpperCase(), OWNER);

    const path = await confirmPath(world, email);
    expect((await browser(world).get(path)).html).not.toContain('type="password"');
    expect((await browser(world).submit(path, 'confirmForm', {})).location).toBe('/login');
    expect(await signsIn(world, email, OWNER)).toBe(true);
  });
});

test('a form that was opened before the second registration does not confirm either password', async () => {
  const { email } = somebody();
  await overApi(world, email, STRANGER);
  const path = await confirmPath(world, email);
  const visitor = browser(world);
  const token = /confirmForm\[_token\]" value="([^"]+)"/.exec((await visitor.get(path)).html)?.[1] ?? '';
  await overApi(world, email, OWNER);

  const answer = await visitor.post('/register/confirm', {
    'confirmForm[_token]': token,
    'confirmForm[token]': path.split('=')[1] ?? '',
  });

  expect([answer.status, answer.html.includes('type="password"')]).toEqual([422, true]);
  expect([await signsIn(world, email, STRANGER), await signsIn(world, email, OWNER)]).toEqual([false, false]);
});

test('an unconfirmed account takes the names and the language of the newest registration on the page', async () => {
  const { email } = somebody();
  await onPage(world, email, STRANGER, { first_name: 'Eve', last_name: 'Moor', salutation: 'Dr' });
  const before = await customerByEmail(world.app.db, email);
  world.now = later(world.now, 60);

  await onPage(world, email, OWNER);

  expect(await customerByEmail(world.app.db, email)).toMatchObject({
    id: before?.id,
    reference: before?.reference,
    firstName: 'Ida',
    lastName: 'Noor',
    salutation: 'Ms',
    state: 'unverified',
  });
  const [times] = await world.sql('select terms_accepted_at > created_at as newer from customer where email = $1', [
    email,
  ]);
  expect(times).toEqual({ newer: true });
});

test('the links of earlier registrations end with the newest one', async () => {
  const { email } = somebody();
  await onPage(world, email, STRANGER);
  const earlier = await confirmPath(world, email);
  await onPage(world, email, OWNER);
  await world.runJobs();

  expect((await browser(world).get(earlier)).status).toBe(422);
});

test('over the API a taken address is answered with 422/400 and changes no name', async () => {
  const { email } = somebody();
  await overApi(world, email, STRANGER);

  const answer = await api(world, 'POST', '/customers', {
    attributes: registration({ email, password: OWNER, firstName: 'Eve' }),
  });

  expect([answer.status, answer.json.errors[0].code]).toEqual([422, '400']);
  expect(await customerByEmail(world.app.db, email)).toMatchObject({ firstName: 'Ida' });
});

test('an account that an import brought keeps its names and its hash until the owner of the mailbox chooses', async () => {
  const { email } = somebody();
  await overApi(world, email, OWNER);
  await world.sql('update customer set import_run_id = gen_random_uuid(), terms_accepted_at = null where email = $1', [
    email,
  ]);
  const stored = () => world.sql('select first_name, password_hash, state from customer where email = $1', [email]);
  const before = await stored();

  await onPage(world, email, STRANGER, { first_name: 'Eve' });

  expect(await stored()).toEqual(before);
  expect((await browser(world).get(await confirmPath(world, email))).html).toContain('type="password"');
});

test('a confirmed account is not touched by who registers its address', async () => {
  const { email } = await activeCustomer(world);

  await onPage(world, email, STRANGER, { first_name: 'Eve' });
  await overApi(world, email, STRANGER);

  expect([await signsIn(world, email, OWNER), await signsIn(world, email, STRANGER)]).toEqual([true, false]);
  expect(await customerByEmail(world.app.db, email)).toMatchObject({ firstName: 'Ida' });
});

test('a reset ends a contest: the password it sets counts', async () => {
  const { email } = somebody();
  await overApi(world, email, STRANGER);
  await overApi(world, email, OWNER);
  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
  await world.runJobs();

  const key = await linkToken(world, email);
  await browser(world).submit(`/password/restore?token=${key}`, 'restoreForm', {
    'password.pass': CHOSEN,
    'password.confirm': CHOSEN,
  });

  expect([await signsIn(world, email, STRANGER), await signsIn(world, email, CHOSEN)]).toEqual([false, true]);
});

describe('where registration over the API is silent', () => {
  const world = useApp({ STOREFRONT_API_SILENT_REGISTRATION: 'true' });

  test('neither password opens, and the answer is that of a new address', async () => {
    const { email } = somebody();
    await overApi(world, email, STRANGER);

    expect((await overApi(world, email, OWNER)).status).toBe(201);

    await confirmOverApi(world, await linkToken(world, email));
    expect([await signsIn(world, email, STRANGER), await signsIn(world, email, OWNER)]).toEqual([false, false]);
  });
});

describe('without double opt-in', () => {
  const world = useApp({ DOUBLE_OPT_IN: 'false' });

  test('the owner of an address that a stranger uses is mailed the way to a password of their own', async () => {
    const { email } = somebody();
    await onPage(world, email, STRANGER);

    await onPage(world, email, OWNER);

    const [mail] = await world.mails(email);
    expect(mail?.subject).toBe('You already have an account with Clientele');
    expect(mail?.text).toContain('/password/forgotten');
    await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
    await browser(world).submit(`/password/restore?token=${await linkToken(world, email)}`, 'restoreForm', {
      'password.pass': OWNER,
      'password.confirm': OWNER,
    });
    expect([await signsIn(world, email, STRANGER), await signsIn(world, email, OWNER)]).toEqual([false, true]);
  });
});
