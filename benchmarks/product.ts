// Starts the built product as a shop runs it, on an empty data folder, and stops it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash } from '@node-rs/argon2';
import pg from 'pg';

export const root = fileURLToPath(new URL('../', import.meta.url));

export function emptyFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  chmodSync(folder, 0o755);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** One for all processes of a run, so that several may share a database. */
export const SECRET = randomBytes(48).toString('base64');

/** What production asks for. The mail server is not there: emails wait in their queue. */
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://accounts.shop.example',
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'shop@shop.example',
  SHOP_NAME: 'Example Shop',
  SHOP_ADDRESS: 'Example Street 1, 10115 Berlin',
  IMPRINT_URL: 'https://shop.example/imprint',
  PRIVACY_URL: 'https://shop.example/privacy',
  TERMS_URL: 'https://shop.example/terms',
  SHUTDOWN_DELAY: '0',
};

/** Where a process writes its log: a file, as a service manager keeps it. */
export const logFile = (folder: string, name: string) => openSync(join(folder, `${name}.log`), 'a', 0o600);

interface Product {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** A process of the product in production, on a database with the demo shop in it; resolves once it answers. */
export async function startProduct(folder: string, settings: Record<string, string> = {}): Promise<Product> {
  if (readdirSync(folder).length === 0) await fill(folder);
  return start(folder, { ...production, ...settings });
}

/** Of every account in a benchmark: production refuses the password of the demo shop, as everybody knows it. */
export const PASSWORD = 'Wren-Benchmark-4711';

async function fill(folder: string): Promise<void> {
  const product = await start(folder, { NODE_ENV: 'development' });
  const client = new pg.Client({ host: join(folder, 'run'), port: 5432, user: 'clientele', database: 'clientele' });
  await client.connect();
  const stored = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await client.query('update customer set password_hash = $1 where password_hash is not null', [stored]);
  await client.query('update staff_user set password_hash = $1', [stored]);
  await client.end();
  await product.stop();
}

/** A process of the product with these settings and no others. */
export async function start(folder: string, settings: Record<string, string>): Promise<Product> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), 'serve'], {
    env: { ...process.env, LOG_LEVEL: 'info', SECRET, DATA_DIR: folder, PORT: String(port), ...settings },
    stdio: ['ignore', logFile(folder, 'product'), 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/health/ready`))) {
    if (child.exitCode !== null) throw new Error('the product did not start');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { url, pid: child.pid ?? 0, stop: () => stopped(child) };
}

/** Whether an address answers 200 now. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

export function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Runs a console command and returns what GNU time would: seconds and peak memory of the process itself. */
export async function runConsole(
  folder: string,
  args: readonly string[],
): Promise<{ seconds: number; output: string; peakMb: number }> {
  const started = performance.now();
  const script = `process.on('exit', () => process.stderr.write('PEAK ' + process.resourceUsage().maxRSS + '\\n'));process.argv.splice(1, 1, ${JSON.stringify(join(root, 'dist/main.js'))});await import(${JSON.stringify(join(root, 'dist/main.js'))});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, 'clientele', ...args], {
    env: { ...process.env, NODE_ENV: 'development', SECRET, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${output}${errors}`);
  const peak = Number(/PEAK (\d+)/.exec(errors)?.[1] ?? 0);
  return { seconds: (performance.now() - started) / 1000, output, peakMb: (peak * 1024) / 1e6 };
}

/** The demo shop's customers who may log in. */
export async function demoCustomers(): Promise<{ reference: string; email: string }[]> {
  const [header = '', ...rows] = (await readFile(join(root, 'demo/customer.csv'), 'utf8')).trim().split('\n');
  const [reference, email] = ['customer_reference', 'email'].map((name) => header.split(',').indexOf(name));
  // A row with a password has an argon2 hash, and after it the day its address was confirmed.
  return rows
    .filter((row) => /\$argon2id[^"]*",20/.test(row))
    .map((row) => row.split(','))
    .map((cells) => ({ reference: cells[reference ?? 0] ?? '', email: cells[email ?? 0] ?? '' }));
}

/** An address, without what the product calls its country. */
export const berlin = {
  salutation: 'Ms',
  firstName: 'Anna',
  lastName: 'Bergmann',
  address1: 'Kirchgasse',
  address2: '17',
  zipCode: '10115',
  city: 'Berlin',
};
