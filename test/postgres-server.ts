import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const BIN = '/usr/lib/postgresql/15/bin';

/** Why tests that need PostgreSQL servers of their own cannot run here; undefined where they can. */
export const postgresMissing: string | undefined = existsSync(join(BIN, 'pg_basebackup'))
  ? undefined
  : 'needs the PostgreSQL 15 of Debian: apt-get install postgresql-15';

/** PostgreSQL does not run as root, which tests in a container are. */
export const unprivileged: { uid?: number; gid?: number } = (() => {
  if (process.getuid?.() !== 0) return {};
  const [, , uid, gid] = (/^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0] ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
})();

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A folder that the database's user may write to, and what removes it. */
export function serverFolder(name: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), `clientele-${name}-`));
  if (unprivileged.uid !== undefined) chownSync(folder, unprivileged.uid, unprivileged.gid ?? 0);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A PostgreSQL that a test may kill, stop and promote. */
export interface PostgresServer {
  port: number;
  /** As the superuser, on the database `clientele`. */
  url: string;
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Every process of it gets the signal at once. */
  signal(signal: NodeJS.Signals): void;
  /** kill -9, and the folder with it. */
  destroy(): Promise<void>;
}

async function run(command: string, args: readonly string[]) {
  const child = spawn(join(BIN, command), args, { ...unprivileged, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const [status] = (await once(child, 'close')) as [number];
  if (status !== 0) throw new Error(`${command}: ${errors}`);
}

async function launch(folder: string, remove: () => void, settings: Record<string, string>): Promise<PostgresServer> {
  const port = await freePort();
  const options = Object.entries({
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: '60',
    wal_keep_size: '64MB',
    hot_standby: 'on',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // A group of its own, so that one signal reaches every backend.
  const child: ChildProcess = spawn(join(BIN, 'postgres'), ['-D', join(folder, 'data'), ...options], {
    ...unprivileged,
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  });
  const url = `postgresql://postgres@127.0.0.1:${port}/clientele`;
  const server: PostgresServer = {
    port,
    url,
    async sql(text) {
      const client = new pg.Client({ connectionString: url.replace(/clientele$/, 'postgres') });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    },
    signal(signal) {
      for (const pid of processesOf(child.pid ?? 0)) {
        try {
          process.kill(pid, signal);
        } catch (error) {
          // It ended since it was listed, as those of a killed server do.
          if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
        }
      }
    },
    async destroy() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        server.signal('SIGKILL');
        await gone;
      }
      remove();
    },
  };
  for (let tries = 0; ; tries++) {
    try {
      await server.sql('select 1');
      return server;
    } catch (error) {
      if (tries > 200 || child.exitCode !== null) throw error;
      await pause(25);
    }
  }
}

/** A process and its children, parents first. */
function processesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return [pid, ...children];
}

export async function openPrimary(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const { folder, remove } = serverFolder('primary');
  await run('initdb', [
    '-D',
    join(folder, 'data'),
    '-A',
    'trust',
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
  const server = await launch(folder, remove, settings);
  await server.sql('create database clientele');
  return server;
}

/** A copy of a primary that follows it. */
export async function openStandby(primary: PostgresServer): Promise<PostgresServer> {
  const { folder, remove } = serverFolder('standby');
  await run('pg_basebackup', [
    '-D',
    join(folder, 'data'),
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
    '--no-sync',
    '-d',
    `postgresql://postgres@127.0.0.1:${primary.port}/`,
  ]);
  return launch(folder, remove, {});
}
