import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../test/api.ts';
import { browser } from '../../../test/browser.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { activateMfa, beginMfa } from '../../domain/mfa/index.ts';
import { customerByReference } from '../../domain/customers/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

/** Somebody with a second factor, signed in on the pages with the password alone. */
async function guarded() {
  const customer = await activeCustomer(world);
  const owner = { kind: 'customer', id: customer.id } as const;
  await beginMfa(world.app, owner, 'email', undefined);
  await activateMfa(world.app, owner, 'email', await code(customer.email));
  const shopper = browser(world);
  await shopper.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
  // What was proven to switch it on is not good for what comes after.
  await world.sql('delete from one_time_code');
  return { customer, shopper };
}

const code = async (email: string): Promise<string> => {
  const [mail] = await world.mails(email);
  return /^\d{6}$/m.exec(mail?.text ?? '')?.[0] ?? '';
};

const details = (lastName: string, email: string) => ({
  salutation: 'Ms',
  first_name: 'Ida',
  last_name: lastName,
  email,
});
const passwords = { password: PASSWORD, 'new_password.password': NEXT, 'new_password.confirm': NEXT };

test('without the code neither the profile nor the password changes, and nothing typed is lost', async () => {
  const { customer, shopper } = await guarded();

  const profile = await shopper.submit('/customer/profile', 'profileForm', details('Thief', 'thief@example.org'));
  const password = await shopper.submit('/customer/profile', 'passwordForm', { ...passwords, code: '000000' });

  expect([profile.status, password.status]).toEqual([403, 403]);
  expect(profile.html).toContain('Please enter the code that we emailed you.');
  expect(profile.html).toContain('value="Thief"');
  expect(password.html).toContain('This code is not right');
  expect(await customerByReference(world.app.db, customer.reference)).toMatchObject({
    lastName: 'Noor',
    passwordChangedAt: customer.passwordChangedAt,
  });
  expect(await world.mails('thief@example.org')).toEqual([]);
});

test('a code is mailed when it is asked for, and each change takes one', async () => {
  const { customer, shopper } = await guarded();
  const { html } = await shopper.get('/customer/profile');
  expect(html).toContain('Your account has a second factor.');

  const sent = await shopper.submit('/customer/profile', 'codeForm', {});
  expect((await shopper.get(sent.location ?? '')).html).toContain('role="status">A code is on its way to you.');
  const given = await code(customer.email);
  const profile = await shopper.submit('/customer/profile', 'profileForm', {
    ...details('Neu', customer.email),
    code: given,
  });
  await shopper.submit('/customer/profile', 'codeForm', {});
  const another = await code(customer.email);
  const password = await shopper.submit('/customer/profile', 'passwordForm', { ...passwords, code: another });

  expect([sent.location, profile.location, password.location]).toEqual(Array(3).fill(sent.location));
  const after = await customerByReference(world.app.db, customer.reference);
  expect(after?.lastName).toBe('Neu');
  expect(after?.passwordChangedAt).not.toEqual(customer.passwordChangedAt);
});

test('without a second factor nobody is asked for a code', async () => {
  const { email } = await activeCustomer(world);
  const shopper = browser(world);
  await shopper.submit('/login', 'loginForm', { email, password: PASSWORD });

  const { html } = await shopper.get('/customer/profile');

  expect(html).not.toContain('one-time-code');
});

describe('a code works once', () => {
  const change = (shopper: ReturnType<typeof browser>, lastName: string, email: string, given: string) =>
    shopper.submit('/customer/profile', 'profileForm', { ...details(lastName, email), code: given });
  const fresh = async (shopper: ReturnType<typeof browser>, email: string) => {
    await shopper.submit('/customer/profile', 'codeForm', {});
    return code(email);
  };

  test('for one change, on the pages and everywhere after it', async () => {
    const { customer, shopper } = await guarded();
    const { accessToken } = await logIn(world, customer.email);
    const given = await fresh(shopper, customer.email);

    expect((await change(shopper, 'Once', customer.email, given)).status).toBe(302);
    expect((await change(shopper, 'Twice', customer.email, given)).status).toBe(403);
    const api403 = await api(world, 'PATCH', `/customers/${customer.reference}`, {
      token: accessToken,
      attributes: { lastName: 'Thrice' },
      headers: { 'X-MFA-Code': given },
    });
    expect(errorsOf(api403)).toEqual(['403/5901']);
    expect((await customerByReference(world.app.db, customer.reference))?.lastName).toBe('Once');
  });

  test('of twenty changes at once', async () => {
    const { customer, shopper } = await guarded();
    const given = await fresh(shopper, customer.email);
    const { html } = await shopper.get('/customer/profile');
    const token = /profileForm\[_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const form = (lastName: string) => ({
      'profileForm[_token]': token,
      'profileForm[first_name]': 'Ida',
      'profileForm[last_name]': lastName,
      'profileForm[email]': customer.email,
      'profileForm[code]': given,
    });
    const cookies = new Map(shopper.jar);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => {
        const tab = browser(world);
        for (const [name, value] of cookies) tab.jar.set(name, value);
        return tab.post('/customer/profile', form(`Change${String.fromCodePoint(65 + at)}`));
      }),
    );

    expect(answers.filter(({ location }) => location === '/customer/profile')).toHaveLength(1);
    const changed = await world.sql(
      "select 1 from audit_entry where customer_id = $1 and action = 'customers.edited'",
      [customer.id],
    );
    expect(changed.length).toBeLessThanOrEqual(1);
  });

  test('not at all where it was shown over the API before', async () => {
    const { customer, shopper } = await guarded();
    const { accessToken } = await logIn(world, customer.email);
    const given = await fresh(shopper, customer.email);
    const shown = await api(world, 'PATCH', `/customers/${customer.reference}`, {
      token: accessToken,
      attributes: { lastName: 'Api' },
      headers: { 'X-MFA-Code': given },
    });

    expect(shown.status).toBe(200);
    expect((await change(shopper, 'Page', customer.email, given)).status).toBe(403);
  });

  test('and is not lost with a form that had a mistake', async () => {
    const { customer, shopper } = await guarded();
    const given = await fresh(shopper, customer.email);

    const mistaken = await shopper.submit('/customer/profile', 'passwordForm', {
      ...passwords,
      password: 'wrong',
      code: given,
    });
    expect(mistaken.status).toBe(400);
    expect((await shopper.submit('/customer/profile', 'passwordForm', { ...passwords, code: given })).status).toBe(302);
  });
});
