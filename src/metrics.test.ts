import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { api } from '../test/api.ts';
import { useApp } from '../test/app.ts';
import { activeCustomer, PASSWORD } from '../test/builders.ts';
import { type Exposition, parseExposition } from '../test/exposition.ts';
import { useProxy } from '../test/proxy.ts';
import { quiet, testConfig } from '../test/settings.ts';
import { startOperatorServer } from './operator-server.ts';
import type { App } from './platform/app.ts';
import { openPool, poolOptions } from './platform/database/open.ts';
import { openMetrics } from './platform/metrics/metrics.ts';
import { openMemory } from './platform/memory.ts';
import { startRefused } from './platform/problem.ts';
import { startServer } from './server.ts';

// What operators see on METRICS_PORT; docs/operations.md describes it.

const root = fileURLToPath(new URL('..', import.meta.url));
const world = useApp({ SIGN_IN_ATTEMPTS: '2', METRICS_PORT: '0' });

/** An App on the same database with metrics of its own, its public server and its port for operators. */
async function open(changes: Partial<App> = {}) {
  let elapsed = 0;
  const memory = openMemory({ now: () => elapsed + 1 });
  const app = { ...world.app, metrics: openMetrics(), memory, ...changes };
  const lifecycle = { isDraining: false };
  const server = await startServer(app);
  const operators = await startOperatorServer(app, lifecycle);
  onTestFinished(async () => {
    await server.close();
    await operators.close();
  });
  const url = `http://127.0.0.1:${operators.port}`;
  return {
    at: { ...world, app, url: `http://127.0.0.1:${server.port}` },
    lifecycle,
    url,
    pass: (seconds: number) => void (elapsed += seconds * 1000),
    async scrape(): Promise<Exposition> {
      const answer = await fetch(`${url}/metrics`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      return parseExposition(await answer.text());
    },
  };
}

test('requests are counted by pattern of the path, and unknown paths as one', async () => {
  const { at, scrape } = await open();

  await api(at, 'GET', '/customers/DE--1/addresses/7');
  await api(at, 'GET', '/customers/DE--2/addresses/8');
  await api(at, 'GET', '/customers/mine');
  await api(at, 'GET', '/stores');
  await api(at, 'POST', '/token');
  await api(at, 'GET', '/docs/openapi.json');
  await api(at, 'GET', '/glue-storefront/stores/DE');
  await api(at, 'GET', '/health/live');
  await api(at, 'GET', '/en/login', { headers: { Accept: 'text/html' } });
  await api(at, 'GET', '/anna/secret');
  await api(at, 'PROPFIND', '/another');

  const { samples } = await scrape();
  const requests = samples.filter(({ name }) => name === 'clientele_http_requests_total');
  expect(requests.map(({ labels, value }) => [labels['method'], labels['route'], value])).toEqual(
    expect.arrayContaining([
      ['GET', '/customers/{customerReference}/addresses/{id}', 2],
      ['GET', '/customers/{id}', 1],
      ['GET', '/stores', 1],
      ['POST', '/token', 1],
      ['GET', '/docs/{file}', 1],
      ['GET', '/glue-storefront/stores/{id}', 1],
      ['GET', '/health/live', 1],
      ['GET', '/login', 1],
      ['GET', 'unknown', 1],
      ['OTHER', 'unknown', 1],
    ]),
  );
  const times = samples.filter(({ name }) => name === 'clientele_http_request_duration_seconds_count');
  expect(times.map(({ labels, value }) => [labels['method'], labels['route'], value])).toContainEqual([
    'GET',
    '/customers/{customerReference}/addresses/{id}',
    2,
  ]);
});

test('nothing that a client sends reaches a label', async () => {
  const { at, url } = await open();
  const canary = 'Canary-7-Metrics-Wren';
  const email = `${canary}@example.org`.toLowerCase();
  const attributes = { username: email, password: canary };

  for (const path of [
    `/${canary}`,
    `/customers/${canary}`,
    `/customers/${canary}/addresses/${canary}`,
    `/${canary}/login`,
  ])
    for (const method of ['GET', 'POST', canary]) await api(at, method, path, { attributes: { [canary]: canary } });
  await api(at, 'GET', `/dev/mailbox/${canary}?q=${canary}`, { headers: { Accept: 'text/html', Store: canary } });
  await api(at, 'POST', '/access-tokens', { attributes });
  await api(at, 'GET', `/glue-backend/${canary}/${canary}`, { token: canary });
  await api(at, 'GET', `/docs/${canary}`);

  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('clientele_http_requests_total{');
  expect(text.toLowerCase()).not.toContain('canary');
});

test('sign-ins, lockouts, hashes, jobs and emails are counted', async () => {
  const { at, scrape } = await open();
  const { email } = await activeCustomer(at);
  await at.runJobs();
  const before = await scrape();
  const attempt = (password: string) =>
    api(at, 'POST', '/access-tokens', { attributes: { username: email, password } });

  await attempt(PASSWORD);
  for (let failures = 0; failures < 3; failures++) await attempt('Wrong-Horse-7-Battery');

  const { valueOf } = await scrape();
  const signIns = (outcome: string) => valueOf('clientele_sign_ins_total', { door: 'customer', outcome });
  expect([signIns('succeeded'), signIns('refused'), signIns('locked_out')]).toEqual([1, 2, 1]);
  expect(valueOf('clientele_lockouts_total', { door: 'customer' })).toBe(1);
  expect(before.valueOf('clientele_emails_total', { outcome: 'sent' })).toBe(0);
});

test('jobs and emails of a process are counted where they run', async () => {
  const { at } = await open();
  const { email } = await activeCustomer(at);
  const read = async () => parseExposition(await world.app.metrics.registry.metrics());
  await world.runJobs();
  const before = await read();
  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
  await world.runJobs();

  const after = await read();
  const rise = (name: string, labels: Record<string, string>) =>
    (after.valueOf(name, labels) ?? 0) - (before.valueOf(name, labels) ?? 0);
  const queue = 'credentials.send-reset-link';
  expect(rise('clientele_jobs_ended_total', { queue, outcome: 'completed' })).toBe(1);
  expect(rise('clientele_job_duration_seconds_count', { queue })).toBe(1);
  expect(rise('clientele_emails_total', { outcome: 'sent' })).toBe(1);
  expect(after.valueOf('clientele_jobs_running', { queue })).toBe(0);
  expect(after.valueOf('clientele_password_hash_duration_seconds_count', { lane: 'newPasswords' })).toBeGreaterThan(0);
});

test('what waits is read from the database, and again after five seconds', async () => {
  const { at, scrape, pass } = await open();
  const { email } = await activeCustomer(at);
  await at.runJobs();
  const queued = async () => {
    const { valueOf } = await scrape();
    return [
      valueOf('clientele_jobs_queued', { queue: 'credentials.send-reset-link', state: 'waiting' }),
      valueOf('clientele_emails_queued', {}),
      valueOf('clientele_database_up', {}),
    ];
  };
  expect(await queued()).toEqual([0, 0, 1]);

  await api(at, 'POST', '/customer-forgotten-password', { attributes: { email } });
  pass(4);
  expect(await queued()).toEqual([0, 0, 1]);
  pass(2);
  expect(await queued()).toEqual([1, 1, 1]);
});

test('two applications in one process count apart', async () => {
  const [one, other] = [await open(), await open()];

  await api(one.at, 'GET', '/stores');

  const requests = async ({ scrape }: typeof one) =>
    (await scrape()).valueOf('clientele_http_requests_total', { route: '/stores', method: 'GET', status: '200' });
  expect([await requests(one), await requests(other)]).toEqual([1, undefined]);
});

test('a scrape while the database is away or silent shows what is known', async () => {
  const { host, port, user = '', password, database = '' } = new pg.Client(world.app.connection);
  const proxy = await useProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  const address = {
    host: '127.0.0.1',
    port: proxy.port,
    user,
    database,
    ...(typeof password === 'string' ? { password } : {}),
  };
  const config = testConfig({ DATABASE_CONNECT_TIMEOUT_MS: '5000' });
  const pool = openPool(address, poolOptions(config), quiet);
  onTestFinished(pool.close);
  const { at, scrape, pass } = await open({ db: pool.db });
  await api(at, 'GET', '/stores');
  expect((await scrape()).valueOf('clientele_database_up', {})).toBe(1);

  proxy.freeze();
  onTestFinished(() => proxy.thaw());
  pass(6);
  const silent = await scrape();
  proxy.thaw();
  proxy.target = { host: '127.0.0.1', port: 1 };
  proxy.cut();
  pass(6);
  const away = await scrape();

  for (const { valueOf, samples } of [silent, away]) {
    expect(valueOf('clientele_database_up', {})).toBe(0);
    expect(valueOf('clientele_http_requests_total', { route: '/stores', method: 'GET', status: '200' })).toBe(1);
    expect(samples.filter(({ name }) => name === 'clientele_jobs_queued')).toEqual([]);
  }
});

test('metrics are on the port for operators only, with health', async () => {
  const { at, url, lifecycle } = await open();
  const status = async (address: string, init: RequestInit = {}) => (await fetch(address, init)).status;

  expect((await api(at, 'GET', '/metrics')).status).toBe(404);
  expect(await status(`${at.url}/metrics`, { headers: { Accept: 'text/html' } })).toBe(404);
  expect([await status(`${url}/health/live`), await status(`${url}/health/ready`)]).toEqual([200, 200]);
  expect([await status(`${url}/customers`), await status(`${url}/metrics`, { method: 'POST' })]).toEqual([404, 405]);
  lifecycle.isDraining = true;
  expect([await status(`${url}/health/live`), await status(`${url}/health/ready`)]).toEqual([200, 503]);
});

test('METRICS_PORT=off opens no port; one that is taken refuses the start, the default one does not', async () => {
  const taken = createServer().listen(9464, '127.0.0.1');
  // Whoever has the port already, it is taken.
  await Promise.race([once(taken, 'listening'), once(taken, 'error')]);
  onTestFinished(() => void taken.close());
  const start = async (METRICS_PORT: 'off' | number | undefined) => {
    const operators = await startOperatorServer(
      { ...world.app, metrics: openMetrics(), config: { ...world.app.config, METRICS_PORT } },
      { isDraining: false },
    );
    onTestFinished(operators.close);
    return operators.port;
  };

  expect(await start('off')).toBeUndefined();
  expect(await start(undefined)).toBeUndefined();
  await expect(start(9464)).rejects.toSatisfy(
    (error) => startRefused.is(error) && error.details.reason.endsWith('METRICS_PORT=9465 npm start'),
  );
  expect(testConfig({ METRICS_PORT: 'off' }).METRICS_PORT).toBe('off');
  const read = async () => testConfig({ METRICS_PORT: 'none' });
  await expect(read()).rejects.toSatisfy(
    (error) => startRefused.is(error) && error.details.reason.includes('METRICS_PORT: must be a port, or off'),
  );
});

test('a worker answers health and metrics, and is gone after SIGTERM', async () => {
  const { host, port, user = '', password, database = '' } = new pg.Client(world.app.connection);
  const address = new URL(`postgresql://localhost:${port}/${database}`);
  Object.assign(address, { username: user, password: password ?? '' });
  address.searchParams.set('host', host);
  const worker = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/main.ts'), 'work'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      DATABASE_URL: address.href,
      SECRET: world.app.config.SECRET,
      HASHING_PROCESSES: '0',
      METRICS_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const Line = z.object({ msg: z.string(), port: z.number().optional() });
  let operators = 0;
  for await (const line of createInterface(worker.stdout)) {
    const { msg, port = 0 } = Line.parse(JSON.parse(line));
    if (msg === 'metrics and health for operators') operators = port;
    if (msg === 'working jobs') break;
  }
  const get = (path: string) => fetch(`http://127.0.0.1:${operators}${path}`);

  expect((await get('/health/live')).status).toBe(200);
  expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok', database: 'ok', schema: 'ok', jobs: 'ok' });
  const { valueOf } = parseExposition(await (await get('/metrics')).text());
  expect(valueOf('clientele_database_up', {})).toBe(1);
  expect(valueOf('clientele_database_connections', { pool: 'jobs' })).toBeGreaterThan(0);
  worker.stdout.resume();
  worker.kill('SIGTERM');
  expect(await once(worker, 'exit')).toEqual([0, null]);
}, 60_000);

test('docs/operations.md lists every metric with what it says', async () => {
  const { scrape } = await open();
  const { help } = await scrape();
  const ours = [...help].filter(([name]) => name.startsWith('clientele_'));
  const listed = [
    ...readFileSync(join(root, 'docs/operations.md'), 'utf8').matchAll(/^\| `(clientele_\w+)` \| .* \| (.+) \|$/gm),
  ];

  expect(Object.fromEntries(listed.map(([, name = '', says = '']) => [name, says]))).toEqual(Object.fromEntries(ours));
});
