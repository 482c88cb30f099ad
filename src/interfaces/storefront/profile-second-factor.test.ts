import { expect, test } from 'vitest';
import { browser } from '../../../test/browser.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { activateMfa, beginMfa } from '../../domain/mfa/index.ts';
import { customerByReference } from '../../domain/customers/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

/** Somebody with a second factor, logged in on the pages with the password alone. */
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
  expect(profile.html).toContain('Please enter the code that we mailed you.');
  expect(profile.html).toContain('value="Thief"');
  expect(password.html).toContain('This code is not right');
  expect(await customerByReference(world.app.db, customer.reference)).toMatchObject({
    lastName: 'Noor',
    passwordChangedAt: customer.passwordChangedAt,
  });
  expect(await world.mails('thief@example.org')).toEqual([]);
});

test('a code is mailed when it is asked for, and opens both', async () => {
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
  const password = await shopper.submit('/customer/profile', 'passwordForm', { ...passwords, code: given });

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
