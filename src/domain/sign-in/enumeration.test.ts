import { createHash } from 'node:crypto';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { beforeAll, expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import type { App } from '../../platform/app.ts';
import { requestReset } from '../credentials/index.ts';
import {
  anonymizeCustomer,
  lockAccount,
  registerCustomer,
  registerSilently,
  resendConfirmation,
} from '../customers/index.ts';
import { signIn } from './index.ts';

const world = useApp({ SIGN_IN_REFUSAL_MS: '250', SIGN_IN_ATTEMPTS: '3' });

let count = 100;
/** Addresses of one length, as answers may repeat them. */
const address = () => `ida.noor.${(count += 1)}@example.org`;

async function customer(change = '', ...values: unknown[]): Promise<string> {
  const { id, email } = await registerCustomer(world.app, somebody({ email: address() }));
  if (change) await world.sql(`update customer set ${change} where id = '${id}'`, values);
  return email;
}

const verified = 'verified_at = created_at';

/** Everybody who may not log in with a password, and what makes them so. */
const kinds: [kind: string, make: () => Promise<string>, password: string][] = [
  ['unknown', async () => address(), PASSWORD],
  ['wrong password', () => customer(verified), 'wrong'],
  ['unconfirmed', () => customer(), PASSWORD],
  ['locked', async () => lockedAddress(), PASSWORD],
  ['without password', () => customer(`${verified}, password_hash = null`), PASSWORD],
  ['imported bcrypt', () => customer(`${verified}, password_hash = $1`, bcrypt(PASSWORD, 4)), 'wrong'],
  [
    'imported MD5',
    () => customer(`${verified}, password_hash = $1`, createHash('md5').update(PASSWORD).digest('hex')),
    'wrong',
  ],
  ['imported and unconfirmed', () => customer('password_hash = $1', bcrypt(PASSWORD, 4)), PASSWORD],
  ['erased', async () => erasedAddress(), PASSWORD],
];

async function lockedAddress() {
  const email = await customer(verified);
  const [row] = await world.sql('select id from customer where email = $1', [email]);
  await lockAccount(world.app, String(row?.['id']));
  return email;
}

async function erasedAddress() {
  const { id, email } = await registerCustomer(world.app, somebody({ email: address() }));
  await anonymizeCustomer(world.app, id);
  return email;
}

interface Shown {
  status: number;
  headers: Headers;
  body: string;
}

/** An answer without what differs from one request to the next: time, request id, tokens, the address that was typed. */
function plain({ status, headers, body }: Shown, email: string): string {
  // Of a compressed answer the length depends on how the address is spelled; its text is compared below.
  const varying = new Set(['date', 'x-request-id', ...(headers.has('content-encoding') ? ['content-length'] : [])]);
  const shown = [...headers]
    .filter(([name]) => !varying.has(name))
    .map(
      ([name, value]) => `${name}: ${name === 'set-cookie' ? value.replace(/=[\w%.~-]{43}(?=;|$)/, '=TOKEN') : value}`,
    );
  const text = body.replaceAll(email, 'ADDRESS').replace(/(name="\w+\[_token\]" value=")[^"]+/g, '$1TOKEN');
  const cookies = shown.map((header) => header.replaceAll(encodeURIComponent(email), 'ADDRESS'));
  return [status, ...cookies.toSorted(), text].join('\n');
}

type Door = (email: string, password: string) => Promise<Shown>;

const overTheApi = async (path: string, attributes: object): Promise<Shown> => {
  const { status, headers, text } = await api(world, 'POST', path, { attributes });
  return { status, headers, body: text };
};

const token: Door = async (username, password) => {
  const body = new URLSearchParams({ grant_type: 'password', username, password }).toString();
  const { status, headers, text } = await api(world, 'POST', '/token', {
    body,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  return { status, headers, body: text };
};

const page = async (
  path: string,
  form: string,
  values: Record<string, string>,
  visitor = browser(world),
): Promise<Shown> => {
  const { status, headers, html } = await visitor.submit(path, form, values);
  return { status, headers, body: html };
};

const doors: [path: string, door: Door][] = [
  ['/access-tokens', (username, password) => overTheApi('/access-tokens', { username, password })],
  ['/token', token],
  ['/login_check', (email, password) => page('/login', 'loginForm', { email, password })],
  [
    '/register',
    (email) =>
      page('/register', 'registerForm', {
        salutation: 'Ms',
        first_name: 'Ida',
        last_name: 'Noor',
        email,
        'password.pass': PASSWORD,
        'password.confirm': PASSWORD,
        accept_terms: '1',
      }),
  ],
  ['/password/forgotten', (email) => page('/password/forgotten', 'forgottenPassword', { email })],
  ['/customer-forgotten-password', (email) => overTheApi('/customer-forgotten-password', { email })],
  ['/register/resend', (email) => page('/register/resend', 'resendForm', { email })],
];

beforeAll(async () => {
  // The first of all makes keys and decoys.
  await logIn(world, await customer(verified));
  await token(address(), 'wrong');
});

test.for(doors)('%s answers the same, to the letter, whoever has an account', async ([, door]) => {
  const [[, unknown]] = kinds as [(typeof kinds)[0]];
  const reference = await unknown();
  const expected = plain(await door(reference, PASSWORD), reference);
  expect(expected).toContain('\n');

  for (const [kind, make, password] of kinds) {
    const email = await make();
    expect(plain(await door(email, password), email), kind).toBe(expected);
  }
});

test.for(doors.slice(0, 3))('%s turns attempts over the limit away, whoever has an account', async ([, door]) => {
  const answers = new Set<string>();
  for (const [, make, password] of kinds) {
    const email = await make();
    for (let attempt = 1; attempt <= 3; attempt++) await door(email, 'wrong');
    answers.add(plain(await door(email, password), email));
  }

  expect(answers.size).toBe(1);
});

test.for(doors.slice(0, 3))('%s takes as long to refuse, whoever has an account', async ([, door]) => {
  for (const [kind, make, password] of kinds) {
    const email = await make();
    const started = world.now.getTime();
    await door(email, password);
    const milliseconds = world.now.getTime() - started;

    expect(milliseconds, kind).toBeGreaterThanOrEqual(250);
    expect(milliseconds, kind).toBeLessThan(270);
  }
});

/** An App that counts password computations. */
function counting() {
  const counts = { computations: 0 };
  const count = <Result>(result: Result) => {
    counts.computations += 1;
    return result;
  };
  const { hasher } = world.app;
  const app: App = {
    ...world.app,
    hasher: {
      ...hasher,
      hash: (password) => count(hasher.hash(password)),
      verify: (hash, password) => count(hasher.verify(hash, password)),
      verifyImported: (...given) => count(hasher.verifyImported(...given)),
    },
  };
  return { app, counts };
}

test.for(kinds)('a log-in, %s: one password is computed', async ([, make, password]) => {
  const email = await make();
  const { app, counts } = counting();

  await expect(signIn(app, { email, password, door: 'customer', clears: true }, async () => 'in')).rejects.toThrow(
    'sign-in.refused',
  );

  expect(counts.computations).toBe(1);
});

test.for(kinds)('a registration, %s: one password is computed', async ([, make]) => {
  const email = await make();
  const { app, counts } = counting();

  await registerSilently(app, somebody({ email }));

  expect(counts.computations).toBe(1);
});

test.for([
  ['a reset link', requestReset],
  ['a confirmation link', resendConfirmation],
] as const)('asking for %s queues as much, whoever has an account', async ([, ask]) => {
  for (const [kind, make] of kinds) {
    const email = await make();
    const jobs = async () => Number((await world.sql('select count(*) from pgboss.job'))[0]?.['count']);
    const before = await jobs();
    await ask(world.app, email);

    expect((await jobs()) - before, kind).toBe(1);
  }
});

test('a new address in the profile reads the same, whoever has it', async () => {
  const email = await customer(verified);
  const visitor = browser(world);
  await page('/login', 'loginForm', { email, password: PASSWORD }, visitor);
  const change = (email: string) =>
    page(
      '/customer/profile',
      'profileForm',
      { salutation: 'Ms', first_name: 'Ida', last_name: 'Noor', email },
      visitor,
    );

  const [free, taken] = [address(), await customer(verified)];
  expect(plain(await change(taken), taken)).toBe(plain(await change(free), free));
});

test('only the owner learns, by mail, that somebody registered with their address', async () => {
  const email = await customer(verified);
  await world.sql('delete from pgboss.job');

  await registerSilently(world.app, somebody({ email: email.toUpperCase() }));

  const mails = await world.mails(email);
  expect(mails.filter(({ text }) => text.includes('/password/forgotten'))).toHaveLength(1);
  expect(await world.sql('select 1 from customer where email_key = $1', [email])).toHaveLength(1);
});
