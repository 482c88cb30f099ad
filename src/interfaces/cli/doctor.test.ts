import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useConsole } from '../../../test/console.ts';
import { testConfig } from '../../../test/settings.ts';
import { startServer } from '../../server.ts';
import type { Config } from '../../platform/config.ts';

const world = useApp();
const run = useConsole(world);
let databaseUrl = '';

beforeAll(async () => {
  world.now = new Date();
  const { host, port, user, connectionString } = world.app.connection;
  const [row] = await world.sql('select current_database() as name');
  databaseUrl = connectionString ?? `postgresql://${user}@localhost:${port}/${String(row?.['name'])}?host=${host}`;
});

const portOf = (server: { address(): unknown }) => (server.address() as { port: number }).port;

interface Finding {
  check: string;
  state: string;
  text: string;
}

/** What the doctor finds, by check, and its exit status. */
async function examine(settings: Partial<Config> = {}, args: string[] = []) {
  const config = { ...world.app.config, DATABASE_URL: databaseUrl, PUBLIC_URL: world.url, PUBLIC_URL_IS_SET: true };
  const { status, text } = await run('doctor', ['--json', ...args], { app: { config: { ...config, ...settings } } });
  const findings = JSON.parse(text) as Finding[];
  return { status, text, find: (name: string) => findings.find(({ check }) => check === name) };
}

test('a deployment in order has one line a check, and exit status 0', async () => {
  const { status, find } = await examine();

  for (const check of ['database', 'clock', 'schema', 'secret', 'demo accounts', 'reachable', 'proxies'])
    expect(find(check), check).toMatchObject({ state: 'ok' });
  for (const check of ['mode', 'hash cost', 'mail server', 'password policy', 'backups'])
    expect(find(check)?.text, check).toBeTruthy();
  expect(status).toBe(0);
  const printed = await run('doctor', [], { app: { config: { ...world.app.config, DATABASE_URL: databaseUrl } } });
  expect(printed.text).toMatch(/^ok {4}schema {11}current$/m);
});

test('no finding holds a secret', async () => {
  const SECRET = 'hunter2-hunter2-hunter2-hunter2-hunter2';
  const { text } = await examine({
    SECRET,
    SMTP_URL: 'smtp://me:hunter3@127.0.0.1:1',
    PUBLIC_URL: 'http://127.0.0.1:1',
  });

  expect(text).not.toMatch(/hunter/);
});

test('everything else is checked although the database is away', async () => {
  const { status, find } = await examine({ DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/shop' });

  expect([status, find('database')?.state, find('reachable')?.state]).toEqual([1, 'bad', 'ok']);
  expect(find('database')?.text).not.toContain('hunter2');
});

test('an embedded database that is not there is not set up', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'clientele-doctor-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const { DATABASE_URL: _, ...config } = { ...testConfig(), DATA_DIR };

  const { status, text } = await run('doctor', [], { app: { config } });

  expect([status, text]).toEqual([1, expect.stringMatching(/^bad {3}database/m)]);
  expect(readdirSync(DATA_DIR)).not.toContain('postgres');
});

test('another secret, demo accounts and a schema of a newer version are found', async () => {
  expect((await examine({ SECRET: 'p9Xw-another-0Kd8-secret-Lq2Z-entirely' })).find('secret')?.state).toBe('bad');

  await world.sql("insert into kysely_migration (name, timestamp) values ('9999_later', now()::text)");
  await world.sql(
    `insert into staff_user (id, email, email_key, first_name, last_name, locale, password_hash, created_at, updated_at)
     values (gen_random_uuid(), 'agent@example.org', 'agent@example.org', 'Alex', 'Winter', 'en_US', '', now(), now())`,
  );
  const { find } = await examine({ NODE_ENV: 'production' });
  await world.sql("delete from kysely_migration where name = '9999_later'");
  await world.sql('delete from staff_user');

  expect(find('schema')).toMatchObject({ state: 'bad', text: expect.stringContaining('9999_later') });
  expect(find('demo accounts')).toMatchObject({ state: 'bad', text: expect.stringContaining('demo:remove') });
});

/** A proxy before a server that trusts some proxies. */
async function throughProxy(TRUSTED_PROXIES: string[], forward: (given: string) => string | undefined) {
  const server = await startServer({ ...world.app, config: { ...world.app.config, TRUSTED_PROXIES } });
  onTestFinished(server.close);
  const proxy = createServer((incoming, outgoing) => {
    const { 'x-forwarded-for': given = '', ...headers } = incoming.headers;
    const forwarded = forward(String(given));
    request(
      {
        port: server.port,
        path: incoming.url,
        headers: { ...headers, ...(forwarded ? { 'x-forwarded-for': forwarded } : {}) },
      },
      (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers)),
    ).end();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  return (await examine({ PUBLIC_URL: `http://127.0.0.1:${portOf(proxy)}` })).find('proxies');
}

test.for<
  [name: string, trusted: string[], forward: (given: string) => string | undefined, state: string, text: RegExp]
>([
  ['appends, and is trusted', ['127.0.0.1'], (given) => `${given}, 198.51.100.9`, 'ok', /counted by their own address/],
  ['replaces, and is trusted', ['127.0.0.1'], () => '198.51.100.9', 'ok', /counted by their own address/],
  ['appends, and is not trusted', [], (given) => `${given}, 198.51.100.9`, 'bad', /TRUSTED_PROXIES=.*127\.0\.0\.1/],
  ['sends no X-Forwarded-For', ['127.0.0.1'], () => undefined, 'bad', /shares one network/],
  [
    'is within what is trusted, as we are',
    ['127.0.0.1', '198.51.100.0/24'],
    (given) => `${given}, 198.51.100.9`,
    'hint',
    /from outside/,
  ],
])('a proxy that %s', async ([, trusted, forward, state, text]) => {
  expect(await throughProxy(trusted, forward)).toMatchObject({ state, text: expect.stringMatching(text) });
});

test('how a request arrived is shown only to who proves to know the secret, and only now', async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${world.url}/health/connection`, { headers }).then(({ status }) => status);

  expect(await ask({})).toBe(404);
  expect(await ask({ Authorization: 'Doctor .' })).toBe(404);
  expect(await ask({ Authorization: `Doctor ${world.now.getTime()}.AAAA` })).toBe(404);
});

test('the mail server is tried without sending, or with one email where asked for', async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onAuth: ({ password }, _session, done) => done(password === 'right' ? null : new Error('no'), { user: 'shop' }),
    onRcptTo: ({ address }, _session, done) => (received.push(address), done()),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => server.close());
  const url = (password: string) => `smtp://shop:${password}@127.0.0.1:${portOf(server.server)}`;

  expect((await examine({ SMTP_URL: 'smtp://127.0.0.1:1' })).find('mail server')?.state).toBe('bad');
  expect((await examine({ SMTP_URL: url('wrong') })).find('mail server')?.state).toBe('bad');
  expect((await examine({ SMTP_URL: url('right') })).find('mail server')?.state).toBe('ok');
  expect(received).toEqual([]);
  const sent = await examine({ SMTP_URL: url('right') }, ['--send-to=ops@example.org']);
  expect([sent.find('mail server')?.state, received]).toEqual(['ok', ['ops@example.org']]);
});

test('the age of a backup is checked where one is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dump');
  writeFileSync(file, '');
  const state = async (...args: string[]) => (await examine({}, args)).find('backup file')?.state;

  expect(await state(`--backup-file=${file}`)).toBe('ok');
  expect(await state(`--backup-file=${file}`, '--backup-hours=-1')).toBe('bad');
  expect(await state(`--backup-file=${file}.gone`)).toBe('bad');
  expect((await examine({}, [`--backup-file=${file}`])).find('backups')).toBeUndefined();
  expect((await run('doctor', ['--backup-hours=often'])).status).toBe(2);
});
