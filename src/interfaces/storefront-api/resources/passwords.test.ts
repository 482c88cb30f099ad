import { describe, expect, test } from 'vitest';
import { api, errorsOf, loggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../../test/builders.ts';
import { BLANK, CHARACTERS, MISSING, refusedByPolicy, SHORT, violations } from '../../../../test/passwords.ts';

const world = useApp();
const NEW = 'Another-Horse-8-Battery';

const LONG = 'This value is too long. It should have 128 characters or less.';
const NO_ID = '{"errors":[{"detail":"Resource id is not specified.","status":400}]}';

const signIn = (email: string, password: string) =>
  api(world, 'POST', '/access-tokens', { attributes: { username: email, password } });
const forget = (email: unknown) => api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

describe('customer-password', () => {
  const change = (token: string | undefined, id: string, attributes: unknown) =>
    api(world, 'PATCH', `/customer-password/${id}`, {
      ...(token ? { token } : {}),
      body: { data: { type: 'customer-password', attributes } },
    });
  const request = { password: PASSWORD, newPassword: NEW, confirmPassword: NEW };

  const visitor = () => loggedIn(world);

  test('a change answers 204; the old password and every older token are void', async () => {
    const { email, reference, token, refreshToken } = await visitor();
    const other = await logIn(world, email);

    const answer = await change(token, reference, request);

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    for (const old of [token, other.accessToken])
      expect(errorsOf(await api(world, 'GET', '/customers', { token: old }))).toEqual(['401/001']);
    for (const old of [refreshToken, other.refreshToken])
      expect(errorsOf(await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken: old } }))).toEqual([
        '401/004',
      ]);
    expect(errorsOf(await signIn(email, PASSWORD))).toEqual(['401/003']);
    const { accessToken } = await logIn(world, email, NEW);
    expect(await api(world, 'GET', '/customers', { token: accessToken })).toMatchObject({ status: 200 });
  });

  test('a log-in may still send the token that the change ended: the old password is 401/003, the new one gets in', async () => {
    const { email, reference, token } = await visitor();
    await change(token, reference, request);
    const logInWith = (password: string, sent: string) =>
      api(world, 'POST', '/access-tokens', { token: sent, attributes: { username: email, password } });

    expect(errorsOf(await logInWith(PASSWORD, token))).toEqual(['401/003']);
    expect((await logInWith(NEW, token)).status).toBe(201);
    expect(errorsOf(await logInWith(NEW, 'nonsense'))).toEqual(['401/001']);
    expect(errorsOf(await api(world, 'GET', '/stores', { token }))).toEqual(['401/001']);
  });

  test('the owner is told by mail', async () => {
    const { email, reference, token } = await visitor();
    const before = await world.mails(email);

    await change(token, reference, request);

    expect(await world.mails(email)).toHaveLength(before.length + 1);
  });

  test('no id is 400 before anything else', async () => {
    for (const path of ['/customer-password', '/customer-password/']) {
      const answer = await api(world, 'PATCH', path, { attributes: {} });
      expect(answer.status).toBe(400);
      expect(answer.text).toBe(NO_ID);
    }
  });

  test('no token is 403/002 before the attributes are looked at', async () => {
    expect(errorsOf(await change(undefined, 'test123', {}))).toEqual(['403/002']);
  });

  test.for<[changes: Record<string, unknown>, details: string[]]>([
    [
      { password: undefined, newPassword: undefined, confirmPassword: undefined },
      [`password => ${MISSING}`, `newPassword => ${MISSING}`, `confirmPassword => ${MISSING}`],
    ],
    [{ password: '' }, [`password => ${BLANK}`]],
    [{ newPassword: '' }, [`newPassword => ${BLANK}`, `newPassword => ${SHORT}`]],
    [
      { newPassword: 'qwerty', confirmPassword: 'qwerty' },
      [`newPassword => ${SHORT}`, `newPassword => ${CHARACTERS}`, `confirmPassword => ${SHORT}`],
    ],
    [{ newPassword: `${'Aa1!'.repeat(32)}x` }, [`newPassword => ${LONG}`]],
    [{ newPassword: 'correct-horse-7-battery' }, [`newPassword => ${CHARACTERS}`]],
    [{ confirmPassword: null }, [`confirmPassword => ${BLANK}`]],
    [{ confirmPassword: '' }, [`confirmPassword => ${BLANK}`, `confirmPassword => ${SHORT}`]],
  ])('%j is refused with 422/901, the reference being foreign or not', async ([changes, details]) => {
    const { token, reference } = await visitor();

    for (const id of ['test123', reference]) {
      const answer = await change(token, id, { ...request, ...changes });
      expect(answer.status).toBe(422);
      expect(answer.json.errors).toEqual(violations(details));
    }
  });

  test('a foreign reference beats different passwords, which beat a wrong one, which beats the policy', async () => {
    const other = await activeCustomer(world);
    const { token, reference } = await visitor();
    const [refused] = refusedByPolicy[0];
    const everything = { password: 'wrong', newPassword: refused, confirmPassword: NEW };

    const foreign = await change(token, other.reference, everything);
    expect(foreign.status).toBe(403);
    expect(foreign.text).toBe('{"errors":[{"detail":"Unauthorized request.","status":403,"code":"411"}]}');
    const different = await change(token, reference, everything);
    expect(different.status).toBe(422);
    expect(different.text).toBe(
      '{"errors":[{"detail":"Value in field newPassword should be identical to value in the confirmPassword field.","status":422,"code":"406"}]}',
    );
    const wrong = await change(token, reference, { ...everything, confirmPassword: refused });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toBe('{"errors":[{"detail":"Invalid password","status":400,"code":"408"}]}');
  });

  test.for(refusedByPolicy)('the policy refuses %s', async ([newPassword, errors]) => {
    const { token, reference, email } = await visitor();

    const answer = await change(token, reference, { password: PASSWORD, newPassword, confirmPassword: newPassword });

    expect(answer.status).toBe(400);
    expect(answer.json.errors).toEqual(errors);
    expect(await signIn(email, PASSWORD)).toMatchObject({ status: 201 });
  });

  test('a stolen token is not good for guessing: after nine wrong passwords the right one is refused too', async () => {
    const { token, reference } = await visitor();
    for (let guess = 1; guess <= 9; guess++) await change(token, reference, { ...request, password: `wrong ${guess}` });

    expect(errorsOf(await change(token, reference, request))).toEqual(['400/408']);
    pass(361);
    expect(await change(token, reference, request)).toMatchObject({ status: 204 });
  });
});

describe('customer-forgotten-password', () => {
  test('a known address gets a mail with the link of its store and language', async () => {
    const { email } = await activeCustomer(world);

    const answer = await forget(email);

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    const [mail] = await world.mails(email);
    expect(mail?.text).toMatch(/http:\/\/shop\.test\/password\/restore\?token=[\w-]{32,}&_store=DE&_locale=en_US/);
  });

  test('an unknown address reads the same and gets nothing', async () => {
    const known = await forget((await activeCustomer(world)).email);
    const { email } = somebody();

    const unknown = await forget(email);

    const headersOf = ({ headers }: typeof known) =>
      [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
    expect({ ...unknown, headers: headersOf(unknown) }).toEqual({ ...known, headers: headersOf(known) });
    expect(await world.mails(email)).toEqual([]);
  });

  test.for<[email: unknown, details: string[]]>([
    [undefined, [`email => ${MISSING}`]],
    ['', [`email => ${BLANK}`]],
    [null, [`email => ${BLANK}`]],
    ['ida', ['email => This value is not a valid email address.']],
    [
      `ida@${`${'x'.repeat(60)}.`.repeat(5)}org`,
      ['email => This value is too long. It should have 255 characters or less.'],
    ],
  ])('%j is refused with 422/901', async ([email, details]) => {
    const answer = await forget(email);

    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual(violations(details));
  });

  test('an account gets at most nine mails in a quarter of an hour, and the answer stays 204', async () => {
    const { email } = await activeCustomer(world);
    const before = await world.mails(email);

    for (let request = 1; request <= 12; request++) expect(await forget(email)).toMatchObject({ status: 204 });

    expect(await world.mails(email)).toHaveLength(before.length + 9);
  });
});
