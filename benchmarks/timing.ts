import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSync as argon2 } from '@node-rs/argon2';
import { browser } from '../test/browser.ts';
import type { Benchmark } from './benchmarks.ts';
import { logIn, percentile } from './latency.ts';
import { emptyFolder, PASSWORD, runConsole, start, startProduct } from './product.ts';

// Whether time tells a known address from an unknown one. Every request that must not is sent for both in turns, each
// with an address that was not used before; sign-ins are tried with every kind of hash an import may bring.
// `npm run bench -- timing --pairs=30` is quick; the bar is meant for 200 pairs, which take about an hour.

const PAIRS = 200;
const DEMO = 'anna.bergmann@example.org';

/** Limits that this many requests from one network would reach, and the setting that hides taken addresses on the API. */
const SETTINGS = {
  STOREFRONT_API_SILENT_REGISTRATION: 'true',
  SIGN_IN_NETWORK_ATTEMPTS: '100000',
  MAIL_REQUESTS: '100000',
};

const base64 = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
/** In the alphabet of bcrypt and PHPass. */
const letters = (count: number) => base64(count).slice(0, count).replaceAll('+', '.');
const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** Hashes of no password, as long and as costly as those of one. */
const hashes = {
  ours: () => argon2(base64(12), { memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
  'argon2id, 64 MiB': () => `$argon2id$v=19$m=65536,t=3,p=1$${base64(16)}$${base64(32)}`,
  'bcrypt 10': () => `$2y$10$${letters(21)}.${letters(30)}.`,
  'bcrypt 12': () => `$2y$12$${letters(21)}.${letters(30)}.`,
  PHPass: () => `$P$B${letters(30)}`,
  PBKDF2: () => `pbkdf2_sha256$390000$${hex(8)}$${base64(32)}=`,
  scrypt: () => `$scrypt$ln=15,r=8,p=1$${base64(16)}$${base64(32)}`,
  Firebase: () => `$firebase-scrypt$ln=14,r=8$${base64(9)}$Bw$${base64(64)}$${base64(64)}`,
  MD5: () => hex(16),
  'MD5 with salt': () => `${hex(16)}:${hex(4)}`,
  'SHA-256 with salt': () => `${hex(32)}:${hex(4)}:1`,
  'no password': () => '',
};
type Hash = keyof typeof hashes;

/** Prepares a request for an address; the function it returns sends it and returns the status of the answer. */
type Prepare = (email: string) => Promise<() => Promise<number>>;

/** Requests by what they ask for, and the hash of the known accounts. */
type Requests = Record<string, { prepare: Prepare; hash: Hash; isConfirmed: boolean }>;

const names = [
  ...Object.keys(hashes).map((hash) => `sign-in over the API: ${hash}`),
  ...['ours', 'bcrypt 12'].flatMap((hash) => [`sign-in at /token: ${hash}`, `sign-in on the page: ${hash}`]),
  ...['registration', 'reset', 'email change'].flatMap((what) => [`${what} over the API`, `${what} on the page`]),
  'resent confirmation on the page',
];

export const timing: Benchmark = {
  name: 'timing',
  what: Object.fromEntries(names.map((name) => [name, `${name}: known − unknown, medians, ÷ spread`])),
  bar: Object.fromEntries(names.map((name) => [name, 0.5])),
  atLeast: false,
  onlyByName: true,
  async measure() {
    const pairs = Number(/--pairs=(\d+)/.exec(process.argv.join(' '))?.[1] ?? PAIRS);
    const { folder, remove } = emptyFolder();
    await (await startProduct(folder)).stop();
    // Pages over plain HTTP, as the browser of the tests speaks it.
    const product = await start(folder, { NODE_ENV: 'development', ...SETTINGS });
    try {
      const requests = await requestsTo(product.url);
      await importKnown(folder, requests, pairs);
      const results: Record<string, number> = {};
      for (const name of names) {
        const request = requests[name];
        if (!request) throw new Error(`there is no request ${name}`);
        results[name] = await compare(name, request.prepare, pairs);
      }
      return results;
    } finally {
      await product.stop();
      remove();
    }
  },
};

const address = (who: 'known' | 'other', name: string, round: number) =>
  `${who}.${names.indexOf(name)}.${round}@example.org`;

async function importKnown(folder: string, requests: Requests, pairs: number) {
  const lines = ['customer_reference,email,first_name,last_name,password,registered'];
  for (const [name, { hash, isConfirmed }] of Object.entries(requests))
    for (let round = 0; round < pairs; round++)
      lines.push(
        `T--${lines.length},${address('known', name, round)},Ida,Noor,"${hashes[hash]()}",${isConfirmed ? '2024-01-31' : ''}`,
      );
  const file = join(folder, 'known.csv');
  writeFileSync(file, lines.join('\n'));
  await runConsole(folder, ['data:import', 'customer', `--file-name=${file}`]);
}

/** Sends a request for a known and for an unknown address in turns; how far apart the medians are, in spreads. */
async function compare(name: string, prepare: Prepare, pairs: number): Promise<number> {
  const taken = { known: [] as number[], other: [] as number[] };
  const statuses = new Set<number>();
  // The first request of all finds caches empty.
  await (
    await prepare(address('other', name, pairs))
  )();
  for (let round = 0; round < pairs; round++) {
    for (const who of round % 2 === 0 ? (['known', 'other'] as const) : (['other', 'known'] as const)) {
      const send = await prepare(address(who, name, round));
      const started = performance.now();
      statuses.add(await send());
      taken[who].push(performance.now() - started);
    }
  }
  const [known, other] = [summary(taken.known), summary(taken.other)];
  process.stderr.write(`  ${name}: known ${known.text}, unknown ${other.text}, status ${[...statuses].join(', ')}\n`);
  if (statuses.size > 1) throw new Error(`${name}: the status tells known from unknown`);
  return Math.abs(known.median - other.median) / Math.max(known.spread, other.spread);
}

/** The median, and the spread of the half of the values in the middle; milliseconds. */
function summary(values: readonly number[]) {
  const median = percentile(values, 50);
  const spread = percentile(values, 75) - percentile(values, 25);
  return { median, spread, text: `${median.toFixed(1)} ms (spread ${spread.toFixed(1)})` };
}

async function requestsTo(url: string): Promise<Requests> {
  const page =
    (path: string, form: string, values: (email: string) => Record<string, string>): Prepare =>
    async (email) => {
      const send = await browser({ url }).fill(path, form, values(email));
      return async () => (await send()).status;
    };
  const person = { salutation: 'Ms', firstName: 'Ida', lastName: 'Noor', gender: 'Female' };
  const onPage = { salutation: 'Ms', first_name: 'Ida', last_name: 'Noor' };
  const signedIn = browser({ url });
  await signedIn.submit('/login', 'loginForm', { email: DEMO, password: PASSWORD });
  const { authorization = '' } = await logIn(url, 'access-tokens', DEMO);

  const requests: Requests = {};
  const add = (name: string, prepare: Prepare, hash: Hash = 'ours', isConfirmed = true) =>
    void (requests[name] = { prepare, hash, isConfirmed });
  const signIn: Record<string, Prepare> = {
    'sign-in over the API': async (username) => api(url, 'access-tokens', { username, password: 'wrong' }),
    'sign-in at /token': async (username) =>
      status(`${url}/token`, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, form({ username })),
    'sign-in on the page': page('/login', 'loginForm', (email) => ({ email, password: 'wrong' })),
  };
  for (const [name, prepare] of Object.entries(signIn))
    for (const hash of Object.keys(hashes) as Hash[]) {
      const full = `${name}: ${hash}`;
      if (names.includes(full)) add(full, prepare, hash);
    }
  add('registration over the API', async (email) =>
    api(url, 'customers', { ...person, email, password: PASSWORD, confirmPassword: PASSWORD, acceptedTerms: true }),
  );
  add(
    'registration on the page',
    page('/register', 'registerForm', (email) => ({
      ...onPage,
      email,
      'password.pass': PASSWORD,
      'password.confirm': PASSWORD,
      accept_terms: '1',
    })),
  );
  add('reset over the API', async (email) => api(url, 'customer-forgotten-password', { email }));
  add(
    'reset on the page',
    page('/password/forgotten', 'forgottenPassword', (email) => ({ email })),
  );
  add('email change over the API', async (email) =>
    api(url, 'customers', { ...person, email }, { method: 'PATCH', path: 'customers/DEMO--1', authorization }),
  );
  add('email change on the page', async (email) => {
    const send = await signedIn.fill('/customer/profile', 'profileForm', { ...onPage, email, password: PASSWORD });
    return async () => (await send()).status;
  });
  add(
    'resent confirmation on the page',
    page('/register/resend', 'resendForm', (email) => ({ email })),
    'ours',
    false,
  );
  return requests;
}

const form = (values: Record<string, string>) =>
  new URLSearchParams({ grant_type: 'password', password: 'wrong', ...values }).toString();

function api(
  url: string,
  type: string,
  attributes: object,
  { method = 'POST', path = type, authorization = '' }: { method?: string; path?: string; authorization?: string } = {},
) {
  const headers = { accept: '*/*', 'content-type': 'application/json', ...(authorization ? { authorization } : {}) };
  return status(`${url}/${path}`, method, headers, JSON.stringify({ data: { type, attributes } }));
}

/** Sends a request when it is called, and reads all of the answer. */
const status = (url: string, method: string, headers: Record<string, string>, body: string) => async () => {
  const answer = await fetch(url, { method, headers, body });
  await answer.arrayBuffer();
  return answer.status;
};
