import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';
import { customerByEmail, lockAccount, registerCustomer } from '../../domain/customers/index.ts';

const world = useApp();

const filledIn = (email: string, more: Record<string, string> = {}) => ({
  salutation: 'Ms',
  first_name: 'Ida',
  last_name: 'Noor',
  email,
  'password.pass': PASSWORD,
  'password.confirm': PASSWORD,
  accept_terms: '1',
  ...more,
});
const register = (
  visitor: ReturnType<typeof browser>,
  email: string,
  more: Record<string, string> = {},
  path = '/register',
) => visitor.submit(path, 'registerForm', filledIn(email, more));

test('who registers is asked to confirm the address and is not signed in yet', async () => {
  const { email } = somebody();
  const visitor = browser(world);

  const answer = await register(visitor, email);

  expect([answer.status, answer.location]).toEqual([302, '/register/check-inbox']);
  const { html } = await visitor.get('/register/check-inbox');
  expect(html).toContain(`We sent an email to ${email}.`);
  expect((await visitor.get('/customer/overview')).status).toBe(302);
  const [mail, ...others] = await world.mails(email);
  expect(others).toEqual([]);
  expect(mail?.subject).toBe('Please confirm your email address');
  expect(mail?.text).toMatch(/http:\/\/shop\.test\/register\/confirm\?token=[\w-]{43}&_store=DE&_locale=en_US/);
});

test('an address that has an account reads the same; its owner gets an email and keeps the account', async () => {
  const owner = await activeCustomer(world);
  const [first, second] = [browser(world), browser(world)];

  const known = await register(first, owner.email.toUpperCase(), {
    first_name: 'Eve',
    'password.pass': 'Another-Horse-8',
    'password.confirm': 'Another-Horse-8',
  });
  const fresh = await register(second, somebody().email);

  const shape = ({ status, location, html, headers }: typeof known) => ({
    status,
    location,
    html,
    // The address that was typed is kept for the next page, and is another one.
    cookies: headers.getSetCookie().map((cookie) => cookie.replace(/^email=[^;]+/, 'email=')),
    headers: [...headers.keys()],
  });
  expect(shape(known)).toEqual(shape(fresh));
  const body = async (visitor: typeof first) =>
    (await visitor.get('/register/check-inbox')).html
      .replace(/_token\]" value="[^"]+"/g, '')
      .replaceAll(/[\w.+-]+@[\w.-]+/g, '…');
  expect(await body(first)).toBe(await body(second));
  expect((await world.mails(owner.email))[0]?.subject).toBe('You already have an account with Clientele');
  expect(await customerByEmail(world.app.db, owner.email)).toMatchObject({ id: owner.id, firstName: 'Ida' });
  expect((await browser(world).submit('/login', 'loginForm', { email: owner.email, password: PASSWORD })).status).toBe(
    302,
  );
});

test('who registers again before confirming gets another confirmation email', async () => {
  const { email } = await registerCustomer(world.app, somebody());

  await register(browser(world), email);

  const subjects = (await world.mails(email)).map(({ subject }) => subject);
  expect(subjects).toEqual(['Please confirm your email address', 'Please confirm your email address']);
});

test('an account that staff closed reads the same', async () => {
  const { id, email } = await activeCustomer(world);
  await lockAccount(world.app, id);

  expect(await register(browser(world), email)).toMatchObject({ status: 302, location: '/register/check-inbox' });
});

test('an address of older data, too long for new accounts, reads the same', async () => {
  const { id } = await activeCustomer(world);
  const long = (name: string) => `${name.padEnd(60, 'x')}@${'y'.repeat(50)}.org`;
  await world.sql('update customer set email = $1, email_key = $1 where id = $2', [long('known'), id]);

  const [known, fresh] = [await register(browser(world), long('known')), await register(browser(world), long('fresh'))];

  const errors = ({ html }: typeof known) => /id="registerForm_email_error">.*?<\/div>/.exec(html)?.[0];
  expect(errors(fresh)).toContain('<p>Please enter at most 100 characters.</p>');
  expect(errors(known)).toBe(errors(fresh));
});

test.for([
  ['salutation', { salutation: 'n/a' }, 'salutation', 'Please choose.'],
  ['salutation', { salutation: '' }, 'salutation', 'Please choose.'],
  ['first name', { first_name: '  ' }, 'first_name', 'Please enter 1 to 100 characters'],
  ['last name', { last_name: 'http://x' }, 'last_name', 'Please enter 1 to 100 characters'],
  ['last name', { last_name: 'x'.repeat(101) }, 'last_name', 'Please enter 1 to 100 characters'],
  ['email address', { email: 'nowhere' }, 'email', 'Please enter an email address like name@example.com.'],
  [
    'email address',
    { email: `${'x'.repeat(60)}@${'y'.repeat(40)}.org` },
    'email',
    'Please enter at most 100 characters.',
  ],
  [
    'password',
    { 'password.pass': 'Short-7', 'password.confirm': 'Short-7' },
    'password_pass',
    'Please use at least 12 characters.',
  ],
  [
    'password',
    { 'password.pass': 'correct horse battery', 'password.confirm': 'correct horse battery' },
    'password_pass',
    'Please use at least one upper-case letter',
  ],
  [
    'password',
    { 'password.pass': 'Password1234!', 'password.confirm': 'password1234!' },
    'password_confirm',
    'The two passwords differ.',
  ],
  ['terms', { accept_terms: '' }, 'accept_terms', 'Please accept the terms to register.'],
] as const)('a mistake in the %s (%j) is shown at its field', async ([, mistake, field, text]) => {
  const { status, html } = await register(browser(world), somebody().email, mistake);

  expect(status).toBe(422);
  expect(html).toContain('role="alert">Please check the marked fields.');
  expect(html).toMatch(
    new RegExp(
      `id="registerForm_${field}"[^>]*aria-invalid="true"[^>]*aria-describedby="[^"]*registerForm_${field}_error"`,
    ),
  );
  expect(html.split(`id="registerForm_${field}_error">`)[1]).toMatch(new RegExp(`^<p>${text}`));
  expect(html.match(/aria-invalid/g)).toHaveLength(1);
});

test.for([
  ['nowhere', 'Please enter an email address like name@example.com.'],
  [`${'x'.repeat(60)}@${'y'.repeat(40)}.org`, 'Please enter at most 100 characters.'],
] as const)('all mistakes are shown at once, those of the address %s too', async ([email, text]) => {
  const { status, html } = await register(browser(world), email, {
    salutation: '',
    first_name: ' ',
    last_name: '',
    'password.pass': 'password',
    'password.confirm': 'Password',
    accept_terms: '',
  });

  expect(status).toBe(422);
  const errors = [...html.matchAll(/<div class="error" id="registerForm_(\w+)_error">(.*?)<\/div>/g)];
  expect(errors.map(([, field, sentences]) => [field, sentences])).toEqual([
    ['salutation', '<p>Please choose.</p>'],
    ['first_name', '<p>Please enter 1 to 100 characters, without : / &lt; &gt;</p>'],
    ['last_name', '<p>Please enter 1 to 100 characters, without : / &lt; &gt;</p>'],
    ['email', `<p>${text}</p>`],
    // Nothing else matters about a password that everybody knows.
    ['password_pass', '<p>This password is one of the most common ones. Please choose another.</p>'],
    ['password_confirm', '<p>The two passwords differ.</p>'],
    ['accept_terms', '<p>Please accept the terms to register.</p>'],
  ]);
});

test('a mistake keeps what was typed, never the password', async () => {
  const { email } = somebody();

  const { html } = await register(browser(world), email, {
    first_name: 'Þórunn',
    last_name: 'Å "Bo" & Li',
    accept_terms: '',
    'password.pass': 'Canary-4711-bird',
    'password.confirm': 'Canary-4711-bird',
  });

  expect(html).toContain('<option value="Ms" selected="">');
  expect(html).toContain('value="Þórunn"');
  expect(html).toContain('value="Å &quot;Bo&quot; &amp; Li"');
  expect(html).toContain(`value="${email}"`);
  expect(html).not.toContain('Canary-4711');
});

test('what was typed cannot become mark-up', async () => {
  const { html } = await register(browser(world), '"><script>alert(1)</script>', {
    first_name: '<b>Ida</b>',
    last_name: '\'"><img src=x>',
  });

  expect(html).not.toMatch(/<(b|script|img)\b/);
  expect(html).toContain('value="&lt;b&gt;Ida&lt;/b&gt;"');
});

test.for(['Li', 'Bo', 'Þórunn', '李', 'O’Neill-Smith'])('%s is a name', async (name) => {
  const { email } = somebody();

  expect((await register(browser(world), email, { first_name: name, last_name: name })).status).toBe(302);
  expect(await customerByEmail(world.app.db, email)).toMatchObject({ firstName: name, lastName: name });
});

test('the language of the page becomes the language of the customer', async () => {
  const { email } = somebody();

  expect((await register(browser(world), email, {}, '/AT/de/register')).location).toBe('/AT/de/register/check-inbox');

  expect(await customerByEmail(world.app.db, email)).toMatchObject({
    locale: 'de_DE',
    store: 'AT',
    state: 'unverified',
  });
  expect((await world.mails(email))[0]?.subject).toBe('Bitte bestätigen Sie Ihre E-Mail-Adresse');
});

test('fields that the form does not have change nothing', async () => {
  const { email } = somebody();

  await register(browser(world), email, {
    verifiedAt: '2020-01-01',
    state: 'active',
    store: 'US',
    newsletter: '1',
    __proto__: '1',
  });

  expect(await customerByEmail(world.app.db, email)).toMatchObject({
    state: 'unverified',
    verifiedAt: null,
    store: 'DE',
    newsletter: false,
  });
});
