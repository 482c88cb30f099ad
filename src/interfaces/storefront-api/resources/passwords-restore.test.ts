import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../../test/builders.ts';
import { registerCustomer } from '../../../domain/customers/index.ts';
import { BLANK, CHARACTERS, MISSING, refusedByPolicy, SHORT, violations } from '../../../../test/passwords.ts';

const world = useApp();
const NEW = 'Another-Horse-8-Battery';

const NO_ID = '{"errors":[{"detail":"Resource id is not specified.","status":400}]}';

const signIn = (email: string, password: string) =>
  api(world, 'POST', '/access-tokens', { attributes: { username: email, password } });
const forget = (email: string) => api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

describe('customer-restore-password', () => {
  const restore = (restorePasswordKey: unknown, changes: Record<string, unknown> = {}, id = 'anything') =>
    api(world, 'PATCH', `/customer-restore-password/${id}`, {
      body: {
        data: {
          type: 'customer-restore-password',
          attributes: { restorePasswordKey, password: NEW, confirmPassword: NEW, ...changes },
        },
      },
    });
  const invalid = '{"errors":[{"detail":"Restore password key is not valid.","status":422,"code":"415"}]}';

  async function forgetful() {
    const customer = await activeCustomer(world);
    await forget(customer.email);
    return { ...customer, key: await linkToken(world, customer.email) };
  }

  test('the mailed key sets a new password, whatever the id; older tokens are void and the owner is told', async () => {
    const customer = await activeCustomer(world);
    const { accessToken, refreshToken } = await logIn(world, customer.email);
    await forget(customer.email);
    const key = await linkToken(world, customer.email);
    const before = await world.mails(customer.email);

    const answer = await restore(key, {}, 'DE--0');

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(errorsOf(await api(world, 'GET', '/customers', { token: accessToken }))).toEqual(['401/001']);
    expect(errorsOf(await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } }))).toEqual([
      '401/004',
    ]);
    expect(errorsOf(await signIn(customer.email, PASSWORD))).toEqual(['401/003']);
    expect(await signIn(customer.email, NEW)).toMatchObject({ status: 201 });
    expect(await world.mails(customer.email)).toHaveLength(before.length + 1);
  });

  test('no id is 400', async () => {
    for (const path of ['/customer-restore-password', '/customer-restore-password/']) {
      const answer = await api(world, 'PATCH', path, { attributes: {} });
      expect(answer.status).toBe(400);
      expect(answer.text).toBe(NO_ID);
    }
  });

  test('a misspelt resource is 404', async () => {
    const answer = await api(world, 'PATCH', '/customer-restorepassword/x', { attributes: {} });

    expect(answer.status).toBe(404);
    expect(answer.text).toBe('{"errors":[{"status":404,"detail":"Not Found"}]}');
  });

  test.for<[changes: Record<string, unknown>, details: string[]]>([
    [
      { restorePasswordKey: undefined, password: undefined, confirmPassword: undefined },
      [`restorePasswordKey => ${MISSING}`, `password => ${MISSING}`, `confirmPassword => ${MISSING}`],
    ],
    [{ restorePasswordKey: '' }, [`restorePasswordKey => ${BLANK}`]],
    [{ password: '' }, [`password => ${BLANK}`, `password => ${SHORT}`]],
    [{ password: 'change123' }, [`password => ${SHORT}`, `password => ${CHARACTERS}`]],
    [{ password: 'correct-horse-7-battery' }, [`password => ${CHARACTERS}`]],
    [{ confirmPassword: 'short' }, [`confirmPassword => ${SHORT}`]],
  ])('%j is refused with 422/901', async ([changes, details]) => {
    const answer = await restore('key', changes);

    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual(violations(details));
  });

  test('different passwords beat the policy, which beats the key', async () => {
    const [refused] = refusedByPolicy[0];

    const different = await restore('unknown', { password: refused });

    expect(different.status).toBe(422);
    expect(different.text).toBe(
      '{"errors":[{"detail":"Value in field password should be identical to value in the confirmPassword field.","status":422,"code":"406"}]}',
    );
    expect(errorsOf(await restore('unknown', { password: refused, confirmPassword: refused }))).toEqual(['400/421']);
    const unknown = await restore('unknown');
    expect(unknown.status).toBe(422);
    expect(unknown.text).toBe(invalid);
  });

  test.for(refusedByPolicy)('the policy refuses %s and leaves the key alive', async ([password, errors]) => {
    const { key } = await forgetful();

    const answer = await restore(key, { password, confirmPassword: password });

    expect(answer.status).toBe(400);
    expect(answer.json.errors).toEqual(errors);
    expect(await restore(key)).toMatchObject({ status: 204 });
  });

  test('a key works once', async () => {
    const { key } = await forgetful();
    await restore(key);

    const again = await restore(key, { password: PASSWORD, confirmPassword: PASSWORD });

    expect(again.status).toBe(422);
    expect(again.text).toBe(invalid);
  });

  test('of five uses of a key at once one works', async () => {
    const { key } = await forgetful();

    const answers = await Promise.all(Array.from({ length: 5 }, () => restore(key)));

    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['204', '422', '422', '422', '422']);
  });

  test('a newer key ends the older', async () => {
    const { key: older, email } = await forgetful();
    await forget(email);
    const newer = await linkToken(world, email);

    expect(errorsOf(await restore(older))).toEqual(['422/415']);
    expect(await restore(newer)).toMatchObject({ status: 204 });
  });

  test('a key lives for two hours; later it fails with 400/407', async () => {
    const timely = await forgetful();
    pass(7190);
    expect(await restore(timely.key)).toMatchObject({ status: 204 });

    const { key } = await forgetful();
    pass(7201);
    const answer = await restore(key);
    expect(answer.status).toBe(400);
    expect(answer.text).toBe('{"errors":[{"detail":"Failed to change password.","status":400,"code":"407"}]}');
  });

  test('a key does not outlive a change of the password', async () => {
    const { key, reference, email } = await forgetful();
    const { accessToken: token } = await logIn(world, email);
    await api(world, 'PATCH', `/customer-password/${reference}`, {
      token,
      body: {
        data: { type: 'customer-password', attributes: { password: PASSWORD, newPassword: NEW, confirmPassword: NEW } },
      },
    });

    expect(errorsOf(await restore(key))).toEqual(['422/415']);
  });

  test('the key of a registration restores nothing, and the other way round', async () => {
    const { email } = await registerCustomer(world.app, somebody());
    const registrationKey = await linkToken(world, email);
    const { key } = await forgetful();

    expect(errorsOf(await restore(registrationKey))).toEqual(['422/415']);
    expect(
      errorsOf(await api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey: key } })),
    ).toEqual(['422/423']);
  });

  test('a restored account that was blocked logs in at once', async () => {
    const { email, key } = await forgetful();
    for (let attempt = 1; attempt <= 9; attempt++) await signIn(email, 'wrong');
    expect(errorsOf(await signIn(email, PASSWORD))).toEqual(['429/4401']);

    await restore(key);

    expect(await signIn(email, NEW)).toMatchObject({ status: 201 });
  });
});

describe('customer-confirmation', () => {
  const confirm = (attributes: unknown) => api(world, 'POST', '/customer-confirmation', { attributes });
  const used =
    '{"errors":[{"detail":"This email confirmation code is invalid or has been already used.","status":422,"code":"423"}]}';

  test('the mailed key confirms once', async () => {
    const { email } = await registerCustomer(world.app, somebody());
    const registrationKey = await linkToken(world, email);

    const answer = await confirm({ registrationKey });

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(await signIn(email, PASSWORD)).toMatchObject({ status: 201 });
    const again = await confirm({ registrationKey });
    expect(again.status).toBe(422);
    expect(again.text).toBe(used);
  });

  test('an unknown key is refused', async () => {
    const answer = await confirm({ registrationKey: 'unknown' });

    expect(answer.status).toBe(422);
    expect(answer.text).toBe(used);
  });

  test('a key that came a week late is refused', async () => {
    const { email } = await registerCustomer(world.app, somebody());
    const registrationKey = await linkToken(world, email);
    pass(7 * 86_400 + 1);

    expect(errorsOf(await confirm({ registrationKey }))).toEqual(['422/423']);
  });

  test.for<[attributes: object, detail: string]>([
    [{}, `registrationKey => ${MISSING}`],
    [{ registrationKey: '' }, `registrationKey => ${BLANK}`],
    [{ registrationKey: null }, `registrationKey => ${BLANK}`],
  ])('%j is refused with 422/901', async ([attributes, detail]) => {
    const answer = await confirm(attributes);

    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual(violations([detail]));
  });

  test('GET and PATCH are not there', async () => {
    for (const method of ['GET', 'PATCH'] as const)
      expect(await api(world, method, '/customer-confirmation/x', { attributes: {} })).toMatchObject({ status: 404 });
  });
});
