import { afterAll, expect, test } from 'vitest';
import { api, loggedIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { PASSWORD, registration } from '../../../../test/builders.ts';
import { knowing } from '../../../../test/breach-service.ts';
import { CHARACTERS, violations } from '../../../../test/passwords.ts';

const LEAKED = 'Leaked-Horse-7-Battery';
const WEAK = 'leaked-and-weak';
const service = await knowing(LEAKED, WEAK);
afterAll(service.close);
const world = useApp({ BREACH_LOOKUP_URL: service.url });

const SAID = 'This password has been leaked in a data breach, it must not be used. Please use another password.';
const NEW = 'Another-Horse-8-Battery';

const change = async (attributes: object, reference?: string) => {
  const { reference: own, token } = await loggedIn(world);
  const body = { data: { type: 'customer-password', attributes } };
  return api(world, 'PATCH', `/customer-password/${reference ?? own}`, { token, body });
};
const both = (password: string) => ({ newPassword: password, confirmPassword: password });

test('a leaked password is refused by the name of its field, before anything is compared or looked up', async () => {
  const expected = violations([`newPassword => ${SAID}`]);

  expect((await change({ password: PASSWORD, ...both(LEAKED) })).json.errors).toEqual(expected);
  expect((await change({ password: 'wrong', ...both(LEAKED) })).json.errors).toEqual(expected);
  expect((await change({ password: PASSWORD, ...both(LEAKED), confirmPassword: NEW })).json.errors).toEqual(expected);
  expect((await change({ password: PASSWORD, ...both(LEAKED) }, 'DE--0')).json.errors).toEqual(expected);
});

test('a password that is refused anyway is not asked for', async () => {
  const before = service.asked.length;

  const { json } = await change({ password: PASSWORD, ...both(WEAK) });

  expect(json.errors).toEqual(violations([`newPassword => ${CHARACTERS}`]));
  expect(service.asked).toHaveLength(before);
});

test('a registration, a restored password and a changed profile say so too, with whatever else is wrong', async () => {
  const leaked = { password: LEAKED, confirmPassword: LEAKED };
  const { token, own } = await loggedIn(world);

  const registered = await api(world, 'POST', '/customers', {
    attributes: { ...registration(), ...leaked, email: 'x' },
  });
  const restored = await api(world, 'PATCH', '/customer-restore-password/x', {
    attributes: { ...leaked, restorePasswordKey: 'unknown' },
  });
  const changed = await api(world, 'PATCH', own, { token, attributes: leaked });

  expect(registered.json.errors).toEqual(
    violations(['email => This value is not a valid email address.', `password => ${SAID}`]),
  );
  for (const answer of [restored, changed]) expect(answer.json.errors).toEqual(violations([`password => ${SAID}`]));
});

test('a log-in asks nobody', async () => {
  const { email } = await loggedIn(world);
  const before = service.asked.length;

  await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: LEAKED } });

  expect(service.asked).toHaveLength(before);
});

test('whoever sets a password asks once', async () => {
  const asked = async (work: Promise<{ status: number }>) => {
    const before = service.asked.length;
    return [(await work).status, service.asked.length - before];
  };
  const password = 'Unheard-Horse-7-Battery';

  expect(await asked(api(world, 'POST', '/customers', { attributes: registration({ password }) }))).toEqual([201, 1]);
  expect(await asked(change({ password: PASSWORD, ...both('Unheard-Horse-8-Battery') }))).toEqual([204, 1]);
});
