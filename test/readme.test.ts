import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Settings } from '../src/platform/config.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const clientele = [process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'src/main.ts')] as const;

/** Blocks that are not pasted, and why. */
const skipped = new Map([['npm ci && npm start\n', 'takes a minute; the server below is started from the sources']]);
const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);

// A folder as after `git clone`: no data, no import files but those of the demo shop.
const folder = mkdtempSync(join(tmpdir(), 'clientele-readme-'));
let base: string;
let server: ChildProcess;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  cpSync(join(root, 'demo'), join(folder, 'demo'), { recursive: true });
  const port = await freePort();
  base = `localhost:${port}`;
  const { NODE_ENV: _test, ...ours } = process.env;
  environment = { ...ours, PORT: String(port), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const [node, ...args] = [...clientele, 'serve'];
  server = spawn(node, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of server.stdout ?? []) if (String(chunk).includes('"ready"')) break;
});

afterAll(async () => {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await once(probe.close(), 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

test('every command of the README works when it is pasted on an empty state, in order', () => {
  const npx = `npx() { shift; ${clientele.map((part) => `'${part}'`).join(' ')} "$@"; }`;
  // A refused request fails too, which curl alone would not say.
  const curl = 'curl() { command curl --fail-with-body "$@"; }';
  const pasted = blocks
    .filter((block) => !skipped.has(block))
    .join('\n')
    .replaceAll('localhost:3000', base);

  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-euo', 'pipefail', '-c', `${npx}\n${curl}\n${pasted}`],
    {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    },
  );

  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout });
  expect(stdout).toContain('Passwords: bcrypt 1 · md5:salt 1 · none 1');
  expect(stdout).toContain('"customerReference":"DEMO--1"');
  expect(stdout).not.toContain('"errors"');
}, 60_000);

test('every block that is skipped is in the README', () => {
  for (const block of skipped.keys()) expect(blocks).toContain(block);
});

test('every address of the README answers', async () => {
  // Tokens are created by POST; the rest of the addresses is for a browser.
  const urls = new Set([...readme.matchAll(/<http:\/\/localhost:3000(\/[^>]*)>/g)].map(([, path = '']) => path));
  urls.delete('/access-tokens');
  expect(urls.size).toBeGreaterThan(4);

  for (const path of urls) expect([path, (await fetch(`http://${base}${path}`)).status]).toEqual([path, 200]);
});

test('every setting and every file that the README names exists', () => {
  const table = readme.split('## Settings')[1]?.split('\n## ')[0] ?? '';
  for (const [, names = ''] of table.matchAll(/^\| (`[^|]*) \|/gm))
    for (const [, name] of names.matchAll(/`([A-Z_]+)`/g)) expect(Object.keys(Settings.shape)).toContain(name);
  for (const [, file = ''] of readme.matchAll(/\]\(([^)]+)\)/g))
    expect([file, existsSync(join(root, file))]).toEqual([file, true]);
});
