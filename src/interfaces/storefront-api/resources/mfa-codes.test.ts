import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { browser } from '../../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD } from '../../../../test/builders.ts';
import { issueCode } from '../../../domain/codes/index.ts';
import { lockAccount, unlockAccount } from '../../../domain/customers/index.ts';
import { endSession, startSession } from '../../../domain/sessions/index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

interface Person {
  id: string;
  email: string;
  reference: string;
  token: string;
}

async function newestCode(email: string): Promise<string> {
  const code = (await world.mails(email)).map(({ text }) => /^\d{6}$/m.exec(text)?.[0]).find(Boolean);
  if (!code) throw new Error(`no code was mailed to ${email}`);
  return code;
}

const act = (action: string, { token }: { token: string }, code?: string) =>
  api(world, 'POST', `/multi-factor-auth-${action}`, {
    token,
    attributes: { type: 'email' },
    headers: code === undefined ? {} : { 'X-MFA-Code': code },
  });

/** A customer with an active second factor. */
async function guarded(): Promise<Person> {
  const customer = await activeCustomer(world);
  await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [customer.id, world.now]);
  return { ...customer, token: (await logIn(world, customer.email)).accessToken };
}

/** A code as the mail would have it, without the mail. */
const fresh = ({ id }: Person) => issueCode(world.app, { ownerId: id, purpose: 'mfa.email' });

const use = ({ token, reference }: Person, code: string) =>
  api(world, 'PATCH', `/customers/${reference}`, {
    token,
    attributes: { firstName: 'Ida' },
    headers: { 'X-MFA-Code': code },
  });
const works = async (person: Person, code: string) => {
  const answer = await use(person, code);
  if (answer.status !== 200) expect(errorsOf(answer)).toEqual(['403/5901']);
  return answer.status === 200;
};
/** Any code but this one. */
const not = (code: string, step = 1) => String((Number(code) + step) % 1_000_000).padStart(6, '0');

describe('a code', () => {
  test('comes by mail alone, in the language of the customer', async () => {
    const customer = await activeCustomer(world, { locale: 'de_DE' });
    const { accessToken: token } = await logIn(world, customer.email);

    const answer = await act('type-activate', { token });

    const code = await newestCode(customer.email);
    const [mail] = await world.mails(customer.email);
    expect(mail?.text).toContain('30 Minuten');
    expect(mail?.html).toContain(code);
    expect(mail?.subject).not.toContain(code);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(code);
  });

  test('stands nowhere but in the mail, neither as it is nor as a plain digest', async () => {
    const person = await guarded();
    await act('trigger', person);
    const code = await newestCode(person.email);
    expect(await works(person, code)).toBe(true);
    await world.sql('delete from mailbox');

    const forms = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(code);
      return [digest.copy().digest('hex'), digest.digest('base64').replace(/=+$/, '')];
    });
    const tables = await world.sql(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const rows = await world.sql(
        `select 1 from "${String(name)}" t where t::text ~ ('(^|[^0-9a-f.-])' || $1::text || '($|[^0-9a-f.+-])')
          or exists (select 1 from unnest($2::text[]) f where position(f in t::text) > 0)`,
        [code, forms],
      );
      expect(rows, String(name)).toEqual([]);
    }
    const stored = await world.sql('select length(code_hash) as bytes from one_time_code where owner_id = $1', [
      person.id,
    ]);
    expect(stored).toEqual([{ bytes: expect.any(Number) }]);
    expect(Number(stored[0]?.['bytes'])).toBeGreaterThanOrEqual(32);
  });

  test('is good for as many changes as one likes, for half an hour', async () => {
    const person = await guarded();
    const code = await fresh(person);

    for (let change = 0; change < 3; change++) expect(await works(person, code)).toBe(true);
    pass(1790);
    expect(await works(person, code)).toBe(true);
    pass(11);
    expect(await works(person, code)).toBe(false);
  });

  test('that was never shown lasts half an hour too', async () => {
    const person = await guarded();
    const code = await fresh(person);
    pass(1801);

    expect(await works(person, code)).toBe(false);
    expect(errorsOf(await act('type-deactivate', person, code))).toEqual(['403/5901']);
  });

  test('is void as soon as there is a newer one', async () => {
    const person = await guarded();
    const first = await fresh(person);
    expect(await works(person, first)).toBe(true);
    const second = await fresh(person);

    expect([await works(person, first), await works(person, second)]).toEqual([first === second, true]);
  });

  test('of somebody else is a wrong one', async () => {
    const [one, other] = [await guarded(), await guarded()];
    const [first, second] = [await fresh(one), await fresh(other)];

    expect([await works(one, second), await works(other, first)]).toEqual([first === second, first === second]);
    expect([await works(one, first), await works(other, second)]).toEqual([true, true]);
  });

  test('is none of these', async () => {
    const person = await guarded();
    await fresh(person);

    expect(errorsOf(await use(person, ''))).toEqual(['403/5900']);
    for (const text of ['0', '%', 'null', 'x'.repeat(4000)]) {
      await fresh(person);
      expect(errorsOf(await use(person, text)), text.slice(0, 9)).toEqual(['403/5901']);
    }
  });
});

describe('guessing', () => {
  test('ends a code at the third wrong one, wherever they were tried', async () => {
    const person = await guarded();
    const code = await fresh(person);
    await use(person, not(code, 1));
    await act('type-deactivate', person, not(code, 2));
    expect(await works(person, code)).toBe(true);
    await use(person, not(code, 3));

    expect(await works(person, code)).toBe(false);
    expect(errorsOf(await act('type-deactivate', person, code))).toEqual(['403/5901']);
    expect(await works(person, await fresh(person))).toBe(true);
  });

  test('ends the code of an activation too', async () => {
    const customer = await activeCustomer(world);
    const token = (await logIn(world, customer.email)).accessToken;
    await act('type-activate', { token });
    const code = await newestCode(customer.email);
    for (let step = 1; step <= 3; step++) await act('type-verify', { token }, not(code, step));

    expect(errorsOf(await act('type-verify', { token }, code))).toEqual(['403/5901']);
    await act('type-activate', { token });
    expect((await act('type-verify', { token }, await newestCode(customer.email))).status).toBe(204);
  });

  test('fifty at once counts three and no more', async () => {
    const person = await guarded();
    const code = await fresh(person);

    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => use(person, not(code, at + 1))));

    expect(answers.every((answer) => errorsOf(answer).join() === '403/5901')).toBe(true);
    expect(await world.sql('select attempts from one_time_code where owner_id = $1', [person.id])).toEqual([
      { attempts: 3 },
    ]);
    expect(await works(person, code)).toBe(false);
  });

  test('is not counted where the request was wrong before the code was looked at', async () => {
    const person = await guarded();
    const code = await fresh(person);
    for (let step = 1; step <= 3; step++)
      await api(world, 'PATCH', `/customers/${person.reference}`, {
        token: person.token,
        attributes: { email: '' },
        headers: { 'X-MFA-Code': not(code, step) },
      });

    expect(await works(person, code)).toBe(true);
  });

  test('cannot go on by asking for ever more codes: so many mails, then 400/5910', async () => {
    const person = await guarded();
    const answers: string[] = [];
    for (let at = 0; at < 34; at++) {
      answers.push(errorsOf(await act('trigger', person))[0] ?? 'sent');
    }

    expect(answers).toEqual([...Array(30).fill('sent'), ...Array(4).fill('400/5910')]);
    expect((await act('trigger', person)).text).toBe(
      '{"errors":[{"detail":"Something went wrong while sending your code. Please try again later or contact the system administrator.","status":400,"code":"5910"}]}',
    );
    // The last code that was sent is not harmed.
    expect(await works(person, await newestCode(person.email))).toBe(true);
    pass(901);
    expect((await act('trigger', person)).status).toBe(204);
  });
});

describe('a code dies with', () => {
  const again = async (person: Person, password = PASSWORD) => ({
    ...person,
    token: (await logIn(world, person.email, password)).accessToken,
  });

  test.for<[name: string, end: (person: Person) => Promise<unknown>, password?: string]>([
    ['a log-out of a program', ({ token }) => api(world, 'DELETE', '/refresh-tokens/mine', { token })],
    [
      'a log-out of a page',
      async ({ id }) => {
        const { token } = await startSession(world.app, { customerId: id, remembered: false });
        await endSession(world.app, token);
      },
    ],
    ['a lock', ({ id }) => lockAccount(world.app, id).then(() => unlockAccount(world.app, id))],
    [
      'a reset',
      async ({ email }) => {
        await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
        const restorePasswordKey = await linkToken(world, email);
        await api(world, 'PATCH', '/customer-restore-password/x', {
          attributes: { restorePasswordKey, password: NEXT, confirmPassword: NEXT },
        });
      },
      NEXT,
    ],
  ])('%s', async ([, end, password]) => {
    const person = await guarded();
    const code = await fresh(person);
    expect(await works(person, code)).toBe(true);
    await end(person);

    const back = await again(person, password);
    expect(await works(back, code)).toBe(false);
    expect(await works(back, await fresh(back))).toBe(true);
  });

  test('a change of the password, which it was good for', async () => {
    const person = await guarded();
    const code = await fresh(person);
    const change = await api(world, 'PATCH', `/customer-password/${person.reference}`, {
      token: person.token,
      attributes: { password: PASSWORD, newPassword: NEXT, confirmPassword: NEXT },
      headers: { 'X-MFA-Code': code },
    });

    expect(change.status).toBe(204);
    expect(await works(await again(person, NEXT), code)).toBe(false);
  });

  test('the log-out button', async () => {
    const person = await guarded();
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email: person.email, password: PASSWORD });
    const code = await fresh(person);
    await visitor.submit('/logout', 'logoutForm', {});

    expect(await works(person, code)).toBe(false);
  });
});
