import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openEmbedded } from './embedded.ts';
import { keepEmbedded } from './keep-embedded.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-embedded-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Command lines of the processes that were started with this folder. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(folder));

/** Resolves when no process of the folder is left, or with those that do not end. */
async function remaining(folder: string): Promise<string[]> {
  await vi.waitUntil(() => processesOf(folder).length === 0, { timeout: 30_000, interval: 50 }).catch(() => undefined);
  return processesOf(folder);
}

/** Anybody but whom root would have chosen. */
const SOMEBODY = 65_534;

test.runIf(process.getuid?.() === 0)('root works on the database of an ordinary user as that user', async () => {
  const folder = temporaryFolder();
  await (await openEmbedded(folder)).close();
  execFileSync('chown', ['-R', `${SOMEBODY}`, folder]);

  const { close, connection } = await openEmbedded(folder);
  await close();

  expect(connection.host).toBe(join(folder, 'run'));
  for (const part of ['run', 'postgres', 'postgres/PG_VERSION'])
    expect({ part, owner: statSync(join(folder, part)).uid }).toEqual({ part, owner: SOMEBODY });
});

test.runIf(process.platform === 'linux')(
  'PostgreSQL stops with its last member, whatever else is connected',
  async () => {
    const folder = temporaryFolder();
    const first = await openEmbedded(folder);
    const second = await openEmbedded(folder);
    // What a pool leaves behind for some milliseconds: PostgreSQL still lists the connection.
    const straggler = new pg.Client(first.connection);
    straggler.on('error', () => undefined);
    await straggler.connect();

    await first.close();
    expect((await straggler.query('select 1 as one')).rows).toEqual([{ one: 1 }]);

    await second.close();
    expect(await remaining(folder)).toEqual([]);
  },
);

const embedded = fileURLToPath(new URL('./embedded.ts', import.meta.url));

test.runIf(process.platform === 'linux')(
  'PostgreSQL stops after a process that is killed while it uses it',
  async () => {
    const folder = temporaryFolder();
    const program = `const { openEmbedded } = await import(${JSON.stringify(embedded)});
    await openEmbedded(${JSON.stringify(folder)}); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(processesOf(folder).some((line) => line.includes('bin/postgres'))).toBe(true);

    child.kill('SIGKILL');

    expect(await remaining(folder)).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'nothing goes on after a process that is killed while it starts one',
  async () => {
    const folder = temporaryFolder();
    // It kills itself as soon as PostgreSQL has written its process id, long before it answers.
    const program = `const { openEmbedded } = await import(${JSON.stringify(embedded)});
    const { existsSync } = await import('node:fs');
    setInterval(() => existsSync(${JSON.stringify(join(folder, 'postgres', 'postmaster.pid'))}) && process.kill(process.pid, 'SIGKILL'), 1);
    await openEmbedded(${JSON.stringify(folder)});`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);

    expect(await remaining(folder)).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'a server that stops while its database is started again leaves none',
  async () => {
    const folder = temporaryFolder();
    const { connection, home, close } = await openEmbedded(folder);
    const { promise: restarting, resolve } = Promise.withResolvers<void>();
    const log = pino({}, { write: (line: string) => line.includes('starting it again') && resolve() });
    const release = await keepEmbedded({ connection, home, dataDir: folder }, log);

    process.kill(Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    await restarting;
    await release();
    await close();

    expect(await remaining(folder)).toEqual([]);
  },
);
