import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { quiet, testConfig, testDatabase } from '../../../test/settings.ts';
import { openApp } from '../../app.ts';
import { startServer } from '../../server.ts';
import { openSecrets } from '../../platform/crypto/secrets.ts';
import { startRefused } from '../../platform/problem.ts';
import { issueCode, verifyCode } from '../codes/index.ts';
import { issueAccessToken, readAccessToken } from './index.ts';

const world = useApp();
const run = useConsole(world);

const FIRST = testConfig().SECRET ?? '';
const SECOND = 'another one of at least thirty-two characters';
const THIRD = 'and a third one, which nobody has ever seen';

/** Another process on the same database. */
async function start(settings: Record<string, string>) {
  const [row] = await world.sql('select current_database() as name');
  const open = await openApp(testConfig(settings), quiet, {
    supervise: false,
    clock: world.app.clock,
    database: testDatabase(inject('superuser'), String(row?.['name'])),
  });
  onTestFinished(open.close);
  return open.app;
}

/** Why a process does not start; undefined when it does. */
async function refusal(settings: Record<string, string>): Promise<string | undefined> {
  try {
    await start(settings);
    return undefined;
  } catch (error) {
    if (startRefused.is(error)) return error.details.reason;
    throw error;
  }
}

const subject = { customer_reference: 'DE--1', id_customer: 1, id_company_user: null, id_agent: null } as never;

test('a process with another secret does not start, and its reason holds neither secret', async () => {
  const reason = await refusal({ SECRET: SECOND });

  expect(reason).toContain('SECRET is not the one this database belongs to');
  expect(reason).toContain('secret:rotate');
  expect(reason).toContain('secret:reset');
  expect(reason).not.toContain(SECOND);
  expect(reason).not.toContain(FIRST);
  expect(await refusal({ SECRET: FIRST })).toBeUndefined();
});

test('of two first starts with different secrets, one binds the database', async () => {
  await world.sql('delete from signing_key');
  await world.sql('delete from secret_seal');

  const reasons = await Promise.all([FIRST, SECOND].map((SECRET) => refusal({ SECRET })));

  expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
  await world.sql('delete from secret_seal');
  expect(await refusal({ SECRET: FIRST })).toBeUndefined();
});

test('a database from before there were seals is known by its signing keys', async () => {
  await issueAccessToken(world.app, subject, [], 'test');
  await world.sql('delete from secret_seal');

  expect(await refusal({ SECRET: SECOND })).toContain('not the one this database belongs to');
  expect(await world.sql('select 1 from secret_seal')).toEqual([]);
  expect(await refusal({ SECRET: SECOND, SECRET_PREVIOUS: FIRST })).toBeUndefined();
  expect(await refusal({ SECRET: SECOND })).toContain('not the one this database belongs to');
});

test('a secret is rotated while tokens, forms, codes and sessions stay valid', async () => {
  const { email } = await activeCustomer(world);
  const before = await start({ SECRET: FIRST });
  const elsewhere = { ...world };
  const visitor = browser(elsewhere);
  const formToken = /name="loginForm\[_token\]" value="([^"]+)"/.exec((await visitor.get('/login')).html)?.[1] ?? '';
  const { accessToken } = await logIn(world, email, PASSWORD);
  const use = { ownerId: '00000000-0000-7000-8000-000000000001', purpose: 'mfa.email' };
  const code = await issueCode(before, use);

  const both = await start({ SECRET: SECOND, SECRET_PREVIOUS: FIRST });
  const server = await startServer(both);
  onTestFinished(server.close);
  elsewhere.url = `http://127.0.0.1:${server.port}`;
  const fields = { 'loginForm[_token]': formToken, 'loginForm[email]': email, 'loginForm[password]': PASSWORD };
  expect((await visitor.post('/login_check', fields)).headers.get('location')).toBe('/customer/overview');
  await expect(readAccessToken(both, accessToken)).resolves.toBeDefined();
  expect(await verifyCode(both, use, code)).toBe(true);
  expect((await run('keys:rotate', [], { app: both })).text).toContain('secret:rotate');
  expect((await run('secret:rotate', [], { app: both })).status).toBe(0);
  expect((await run('secret:rotate', [], { app: both })).text).toContain('already');

  expect(await refusal({ SECRET: FIRST })).toContain('not the one this database belongs to');
  const after = await start({ SECRET: SECOND });
  await expect(readAccessToken(after, accessToken)).resolves.toBeDefined();
  await expect(issueAccessToken(after, subject, [], 'test')).resolves.toBeDefined();
});

test('without a new secret there is nothing to rotate', async () => {
  const { status, text } = await run('secret:rotate', [], { app: await start({ SECRET: SECOND }) });

  expect({ status, text }).toEqual({ status: 1, text: expect.stringContaining('SECRET_PREVIOUS') });
});

test('where the secret is lost, secret:reset says what is lost with it, asks, and binds the new one', async () => {
  const app = { ...world.app, secrets: await openSecrets(testConfig({ SECRET: THIRD })) };
  const keys = async () => (await world.sql('select 1 from signing_key')).length;
  const before = await keys();

  const dry = await run('secret:reset', ['--dry-run'], { app });
  expect(dry.text).toMatch(/access tokens[\s\S]*one-time codes[\s\S]*stay valid/);
  expect((await run('secret:reset', [], { app, answer: false })).status).toBe(1);
  expect([before > 0, await keys()]).toEqual([true, before]);

  expect((await run('secret:reset', [], { app, answer: true })).status).toBe(0);
  expect(await keys()).toBe(0);
  await expect(issueAccessToken(await start({ SECRET: THIRD }), subject, [], 'test')).resolves.toBeDefined();
  expect((await run('secret:reset', ['--force'], { app })).text).toContain('Nothing was done');
});

test('a generated secret is replaced, also after an attempt that broke off', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'clientele-secret-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const file = join(DATA_DIR, 'secret');
  await world.sql('delete from signing_key');
  await world.sql('delete from secret_seal');
  const generated = () => start({ SECRET: '', DATA_DIR });
  await issueAccessToken(await generated(), subject, [], 'test');
  const first = readFileSync(file, 'utf8');

  expect((await run('secret:rotate', [], { app: await generated() })).status).toBe(0);
  const second = readFileSync(file, 'utf8');
  expect([second === first, existsSync(`${file}.previous`)]).toEqual([false, false]);

  writeFileSync(`${file}.previous`, second);
  writeFileSync(file, first);
  expect((await run('secret:rotate', [], { app: await generated() })).status).toBe(0);
  expect([readFileSync(file, 'utf8'), existsSync(`${file}.previous`)]).toEqual([first, false]);
  await expect(issueAccessToken(await generated(), subject, [], 'test')).resolves.toBeDefined();
});

test('many processes that start at once on an empty folder read one secret, never half of it', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'clientele-secret-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const config = testConfig({ SECRET: '', DATA_DIR });

  const all = await Promise.all(Array.from({ length: 20 }, () => openSecrets(config)));

  expect(new Set(all.map(({ atRest }) => atRest.toString('hex'))).size).toBe(1);
  writeFileSync(join(DATA_DIR, 'secret'), '');
  await expect(openSecrets(config)).rejects.toSatisfy((error) => startRefused.is(error));
});
