import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../test/api.ts';
import { useApp, type World } from '../test/app.ts';
import { activeCustomer, PASSWORD } from '../test/builders.ts';
import { useConsole } from '../test/console.ts';
import { openMemory } from './platform/memory.ts';
import { type Server, startServer } from './server.ts';

// Two processes on one database: the console, and a server that remembers. docs/operations.md says for how long.

const world = useApp();
const run = useConsole(world);

let elsewhere: World;
let server: Server;
/** How long the other server has been running, milliseconds. */
let elapsed = 0;
const pass = (seconds: number) => void (elapsed += seconds * 1000 + 1);

beforeAll(async () => {
  const app = { ...world.app, memory: openMemory({ now: () => elapsed + 1 }) };
  server = await startServer(app);
  elsewhere = { ...world, app, url: `http://127.0.0.1:${server.port}` };
});
afterAll(() => server.close());

async function signIn(at: World, email: string): Promise<string> {
  const answer = await api(at, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } });
  return String(answer.json.data.attributes.accessToken);
}

const currencies = async () => {
  const { json } = await api(elsewhere, 'GET', '/stores/DE');
  return (json.data.attributes.currencies as { code: string }[]).map(({ code }) => code);
};

test('a store that was changed is known everywhere after 10 seconds', async () => {
  expect(await currencies()).toEqual(['EUR', 'CHF']);

  await run('store:set', ['DE', '--currencies=EUR']);

  pass(9);
  expect(await currencies()).toEqual(['EUR', 'CHF']);
  pass(1);
  expect(await currencies()).toEqual(['EUR']);
});

test('what guests may use is known everywhere after 10 seconds', async () => {
  await run('guest-access:set', ['price']);
  pass(10);
  const before = await restrictions();

  await run('guest-access:set', ['price', 'add-to-cart']);

  expect(await restrictions()).toEqual(before);
  pass(10);
  expect(await restrictions()).not.toEqual(before);
});

const restrictions = async () => {
  const answer = await api(elsewhere, 'POST', '/guest-carts', {
    attributes: {},
    headers: { 'X-Anonymous-Customer-Unique-Id': 'a' },
  });
  const shown = await api(elsewhere, 'GET', '/customer-access', { headers: { 'X-Anonymous-Customer-Unique-Id': 'a' } });
  return [answer.status, shown.text];
};

test('a token that a new key signed is taken everywhere at once, and every server signs with it after a minute', async () => {
  const { email, reference } = await activeCustomer(world);
  const kid = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as unknown;
  const old = await signIn(elsewhere, email);

  await run('keys:rotate');
  pass(2);
  const rotated = await signIn(world, email);

  expect(kid(rotated)).not.toEqual(kid(old));
  expect((await api(elsewhere, 'GET', `/customers/${reference}`, { token: rotated })).status).toBe(200);
  pass(60);
  expect(kid(await signIn(elsewhere, email))).toEqual(kid(rotated));
  expect((await api(elsewhere, 'GET', `/customers/${reference}`, { token: old })).status).toBe(200);
});

test('a customer who is suspended is refused everywhere with the next request', async () => {
  const { email, reference } = await activeCustomer(world);
  const token = await signIn(elsewhere, email);
  expect((await api(elsewhere, 'GET', `/customers/${reference}`, { token })).status).toBe(200);

  await run('customer:lock', [reference]);

  expect((await api(elsewhere, 'GET', `/customers/${reference}`, { token })).status).toBe(401);
});

/** Everything that a process remembers of the database. Who adds to it says in docs/operations.md how old it may be. */
// How old gauges may be is tested in metrics.test.ts.
const KNOWN = [
  'access token',
  'database gauges',
  'demo accounts',
  'guest access',
  'signing keys',
  'signing keys, again',
  'stores',
];
/** Remembered, and not of the database: lists that come with the program, and what this process measured. */
const CONSTANT = [
  'common passwords',
  'cost of',
  'costs of imported hashes',
  'decoy hash',
  'denied passwords',
  'openapi',
  'refused sign-ins',
];

test('nothing else is remembered', () => {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const keys = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\.recall\(\s*['`]([^'`$]+)/g)])
    .map(([, key = '']) => key.trim());

  const advice = 'Write in docs/operations.md how old it may be, test that here, and add it to KNOWN; or to CONSTANT.';
  expect(keys.toSorted(), advice).toEqual([...KNOWN, ...CONSTANT].toSorted());
});
