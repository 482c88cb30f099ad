import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { api, type ApiAnswer, type ApiCall, logIn } from '../test/api.ts';
import { useApp } from '../test/app.ts';
import { browser, type PageAnswer } from '../test/browser.ts';
import { linkToken, somebody } from '../test/builders.ts';
import { useLogged } from '../test/logged.ts';

const quiet = useApp();
/** Without the redaction of the real log: what it would hide is not handed to it either. */
const { world, lines } = useLogged(quiet, (write) => pino({ level: 'trace' }, { write }));

/** Passwords that nobody else has, each typed at other places. */
/** The same digit three times in a row is no password. */
const run = [...String(process.pid)].join('-');
const canary = (name: string) => `Canary-${name}-${run}-Wren`;
const [first, second, third, wrong, refused] = ['First', 'Second', 'Third', 'Wrong', 'refused-and-CANARY'].map(
  canary,
) as [string, string, string, string, string];
const canaries = [first, second, third, wrong, refused];

/** A secret as it could lie about: as it is, encoded, or digested without salt. */
const formsOf = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
  ...['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => [
    createHash(algorithm).update(secret).digest('hex'),
    createHash(algorithm).update(secret).digest('base64').replace(/=+$/, ''),
  ]),
];

const answers: string[] = [];
async function keep<T extends ApiAnswer | PageAnswer>(pending: Promise<T>): Promise<T> {
  const answer = await pending;
  answers.push(JSON.stringify([[...answer.headers], 'text' in answer ? answer.text : answer.html]));
  return answer;
}

const call = (method: string, path: string, options: ApiCall) => keep(api(world, method, path, options));
const token = (username: string, password: string) =>
  call('POST', '/token', {
    body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });

async function everythingOverTheApi() {
  const { email, salutation, firstName, lastName, gender } = somebody();
  const profile = { email, salutation, firstName, lastName, gender, acceptedTerms: true };
  const register = (password: string, confirmPassword = password) =>
    call('POST', '/customers', { attributes: { ...profile, password, confirmPassword, [password]: password } });
  await register(refused.toLowerCase());
  await register(first, wrong);
  const { json } = await register(first);
  const reference: string = json.data.id;
  await register(first);
  const attempt = (password: string) => call('POST', '/access-tokens', { attributes: { username: email, password } });
  await attempt(first);
  await call('POST', '/customer-confirmation', { attributes: { registrationKey: await linkToken(world, email) } });
  await attempt(wrong);
  await token(email, wrong);
  await token(email, first);
  expect((await attempt(first)).status).toBe(201);
  await call('POST', '/access-tokens', {
    body: `{"data":{"type":"access-tokens","attributes":{"username":"${email}","password":"${wrong}"`,
  });
  await call('POST', `/access-tokens?password=${wrong}`, { attributes: { username: wrong, password: wrong } });

  const { accessToken } = await logIn(world, email, first);
  const change = (password: string, newPassword: string) =>
    call('PATCH', `/customer-password/${reference}`, {
      token: accessToken,
      attributes: { password, newPassword, confirmPassword: newPassword },
    });
  await change(wrong, second);
  await change(first, refused.toLowerCase());
  expect((await change(first, second)).status).toBe(204);
  await world.runJobs();
  await call('POST', '/customer-forgotten-password', { attributes: { email } });
  const restorePasswordKey = await linkToken(world, email);
  const reset = (password: string) =>
    call('PATCH', '/customer-restore-password/x', {
      attributes: { restorePasswordKey, password, confirmPassword: password },
    });
  await reset(refused.toLowerCase());
  expect((await reset(third)).status).toBe(204);
  await call('DELETE', `/customers/${reference}`, { token: (await logIn(world, email, third)).accessToken });
}

async function everythingOnPages() {
  const { email, salutation, firstName, lastName } = somebody();
  const visitor = browser(world);
  const register = (password: string, confirm = password) =>
    keep(
      visitor.submit('/register', 'registerForm', {
        salutation: String(salutation),
        first_name: firstName,
        last_name: lastName,
        email,
        'password.pass': password,
        'password.confirm': confirm,
        accept_terms: '1',
      }),
    );
  const attempt = (password: string) =>
    keep(visitor.submit('/login', 'loginForm', { email, password, remember_me: '1' }));
  await register(refused.toLowerCase());
  await register(first, wrong);
  await register(first);
  await register(first);
  await attempt(first);
  await keep(visitor.submit(`/register/confirm?token=${await linkToken(world, email)}`, 'confirmForm', {}));
  await attempt(wrong);
  expect((await attempt(first)).status).toBe(302);
  await keep(visitor.get(`/login?loginForm[password]=${wrong}&password=${wrong}`));

  const formToken =
    /name="passwordForm\[_token\]" value="([^"]+)"/.exec((await visitor.get('/customer/profile')).html)?.[1] ?? '';
  const change = (old: string, next: string) =>
    keep(
      visitor.post('/customer/profile', {
        'passwordForm[_token]': formToken,
        'passwordForm[password]': old,
        'passwordForm[new_password][password]': next,
        'passwordForm[new_password][confirm]': next,
      }),
    );
  await change(wrong, second);
  await change(first, refused.toLowerCase());
  expect((await change(first, second)).status).toBe(302);
  await keep(visitor.submit('/logout', 'logoutForm', {}));
  await world.runJobs();
  await keep(visitor.submit('/password/forgotten', 'forgottenPassword', { email }));
  const path = `/password/restore?token=${await linkToken(world, email)}`;
  await keep(
    visitor.submit(path, 'restoreForm', {
      'password.pass': refused.toLowerCase(),
      'password.confirm': refused.toLowerCase(),
    }),
  );
  expect(
    (await keep(visitor.submit(path, 'restoreForm', { 'password.pass': third, 'password.confirm': third }))).status,
  ).toBe(302);
  expect((await attempt(third)).status).toBe(302);
}

/** Tables in which a secret stands, as text or as bytes. */
async function tablesWith(secrets: readonly string[]): Promise<string[]> {
  const tables =
    await world.sql(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql(
      `select 1 from ${String(name)} t, unnest($1::text[]) as secret where position(lower(secret) in lower(t::text)) > 0 limit 1`,
      [secrets],
    );
    if (rows.length > 0) found.push(String(name));
  }
  return found;
}

const withSecret = (texts: readonly string[], secrets: readonly string[]) =>
  texts.filter((text) => secrets.some((secret) => text.toLowerCase().includes(secret.toLowerCase())));

test('a password, typed wherever one can be typed, is found nowhere', async () => {
  await everythingOverTheApi();
  await everythingOnPages();
  await world.runJobs();
  const forms = canaries.flatMap(formsOf);

  expect(lines.length).toBeGreaterThan(50);
  expect(withSecret(lines, forms)).toEqual([]);
  expect(answers.length).toBeGreaterThan(30);
  expect(withSecret(answers, forms)).toEqual([]);
  expect(await tablesWith(forms)).toEqual([]);
});

test('a token, wherever it is sent, is neither logged nor stored', async () => {
  const { email, password, salutation, firstName, lastName, gender } = somebody();
  await call('POST', '/customers', {
    attributes: {
      email,
      password,
      confirmPassword: password,
      salutation,
      firstName,
      lastName,
      gender,
      acceptedTerms: true,
    },
  });
  const confirmation = await linkToken(world, email);
  const visitor = browser(world);
  await visitor.submit(`/register/confirm?token=${confirmation}`, 'confirmForm', {});
  await visitor.submit('/login', 'loginForm', { email, password });
  await visitor.get('/customer/overview');
  const { accessToken, refreshToken } = await logIn(world, email, password);
  const exchanged = (await call('POST', '/refresh-tokens', { attributes: { refreshToken } })).json.data.attributes;
  await call('DELETE', `/refresh-tokens/${exchanged.refreshToken}`, { token: 'expired' });
  await call('DELETE', `/refresh-tokens/${exchanged.refreshToken}`, { token: accessToken });
  await call('GET', `/customers?access_token=${accessToken}`, { token: `${accessToken}x` });
  await world.sql('delete from mailbox');
  const tokens = [
    confirmation,
    visitor.jar.get('session'),
    visitor.jar.get('device'),
    accessToken,
    refreshToken,
    exchanged.accessToken,
    exchanged.refreshToken,
  ].map(String);

  expect(new Set(tokens.filter((token) => token.length > 40)).size).toBe(7);
  expect(await tablesWith(tokens)).toEqual([]);
  expect(withSecret(lines, tokens)).toEqual([]);
});

test('pages that are opened with a token send it nowhere else', async () => {
  for (const path of [
    '/register/confirm?token=x',
    '/password/restore?token=x',
    '/login/unlock?token=x',
    '/customer-data-change-request/change-email?verification_token=x',
  ]) {
    const { headers, html } = await browser(world).get(path);
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(html, path).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
  }
});
