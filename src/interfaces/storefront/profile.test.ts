import { expect, test } from 'vitest';
import { api, logIn as logInOverApi } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { customerById } from '../../domain/customers/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

async function loggedIn(email: string) {
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  return visitor;
}
async function customerAndBrowser() {
  const customer = await activeCustomer(world);
  const visitor = await loggedIn(customer.email);
  const save = (values: Record<string, string>) =>
    visitor.submit('/customer/profile', 'profileForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Noor',
      email: customer.email,
      ...values,
    });
  const change = (old: string, next: string, again = next) =>
    visitor.submit('/customer/profile', 'passwordForm', {
      password: old,
      'new_password.password': next,
      'new_password.confirm': again,
    });
  return { customer, visitor, save, change };
}

test('details are saved and shown', async () => {
  const { customer, visitor, save } = await customerAndBrowser();

  const answer = await save({ salutation: 'Dr', first_name: ' Li ', last_name: 'Þórunn' });

  expect([answer.status, answer.location]).toEqual([302, '/customer/profile']);
  expect(await customerById(world.app.db, customer.id)).toMatchObject({
    salutation: 'Dr',
    firstName: 'Li',
    lastName: 'Þórunn',
    email: customer.email,
  });
  const { html } = await visitor.get('/customer/profile');
  expect(html).toContain('role="status">Your profile is saved.');
  expect(html).toContain('<option value="Dr" selected="">');
  expect(html).toContain('value="Þórunn"');
});

test.for([
  [{ first_name: '' }, 'first_name', 'Please enter 1 to 100 characters'],
  [{ last_name: '<b>Noor</b>' }, 'last_name', 'Please enter 1 to 100 characters'],
  [{ email: 'nowhere' }, 'email', 'Please enter an email address like name@example.com.'],
] as const)('%j is shown at its field, keeps what was typed and saves nothing', async ([mistake, field, text]) => {
  const { customer, save } = await customerAndBrowser();

  const { status, html } = await save({ salutation: 'Mr', ...mistake });

  expect(status).toBe(422);
  expect(html).toContain('role="alert">Please check the marked fields.');
  expect(html).toContain(`id="profileForm_${field}_error"><p>${text}`);
  expect(html).toContain('<option value="Mr" selected="">');
  expect(html).not.toContain('<b>');
  expect(await customerById(world.app.db, customer.id)).toMatchObject({
    salutation: 'Ms',
    firstName: 'Ida',
    lastName: 'Noor',
  });
});

test('fields that the form does not have change nothing', async () => {
  const { customer, save } = await customerAndBrowser();

  await save({ state: 'locked', reference: 'DE--999', newsletter: '1', verifiedAt: '', id: 'x' });

  expect(await customerById(world.app.db, customer.id)).toMatchObject({
    state: 'active',
    reference: customer.reference,
    newsletter: false,
    verifiedAt: customer.verifiedAt,
  });
});

test('a new password ends every other sign-in and refresh token, not this one', async () => {
  const { customer, visitor, change } = await customerAndBrowser();
  const phone = await loggedIn(customer.email);
  const { refreshToken } = await logInOverApi(world, customer.email);

  const answer = await change(PASSWORD, NEXT);

  expect([answer.status, answer.location]).toEqual([302, '/customer/profile']);
  expect((await visitor.get('/customer/profile')).html).toContain(
    'role="status">Your password is changed. All other devices are signed out.',
  );
  expect((await phone.get('/customer/overview')).status).toBe(302);
  expect((await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } })).status).toBe(401);
  expect((await world.mails(customer.email))[0]?.subject).toBe('Your password was changed');
  expect(
    (await browser(world).submit('/login', 'loginForm', { email: customer.email, password: PASSWORD })).status,
  ).toBe(422);
  expect((await browser(world).submit('/login', 'loginForm', { email: customer.email, password: NEXT })).status).toBe(
    302,
  );
});

test('a wrong current password, a weak new one and a slip of the finger are shown at their fields', async () => {
  const { customer, change } = await customerAndBrowser();

  const wrong = await change('Canary-4711-bird', NEXT);
  expect(wrong.status).toBe(400);
  expect(wrong.html).toContain('id="passwordForm_password_error"><p>This is not your current password.');
  expect(wrong.html).not.toMatch(/Canary-4711|Another-Horse/);
  const weak = await change(PASSWORD, 'so-short');
  expect(weak.status).toBe(422);
  expect(weak.html).toContain('id="passwordForm_new_password_password_error"><p>Please use at least 12 characters.');
  const slip = await change(PASSWORD, NEXT, `${NEXT}!`);
  expect(slip.status).toBe(422);
  expect(slip.html).toContain('id="passwordForm_new_password_confirm_error"><p>The two passwords differ.');

  expect(
    (await browser(world).submit('/login', 'loginForm', { email: customer.email, password: PASSWORD })).status,
  ).toBe(302);
});

test('a stolen session is not good for guessing the password', async () => {
  const { change } = await customerAndBrowser();

  for (let attempt = 1; attempt <= 9; attempt++) await change('wrong', NEXT);

  expect((await change(PASSWORD, NEXT)).status).toBe(400);
});

test('a mistake in one form leaves the other as it is stored', async () => {
  const { change } = await customerAndBrowser();

  const { html } = await change('wrong', NEXT);

  expect(html).toContain('value="Ida"');
  expect(html.match(/aria-invalid/g)).toHaveLength(1);
});
