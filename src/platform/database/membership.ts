import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startRefused } from '../problem.ts';

/** The embedded PostgreSQL: the folder of its files and a superuser's connection to it. */
export interface Cluster {
  readonly folder: string;
  readonly superuser: pg.ClientConfig;
}

/** One process among those that use an embedded PostgreSQL. */
export interface Membership {
  /** Stops PostgreSQL if this was the last member, and resolves when it has stopped. */
  leave(): Promise<void>;
}

/**
 * Members hold this lock shared, in the database `postgres`. Whoever leaves tries to hold it alone: the last one succeeds,
 * and nobody joins while PostgreSQL stops. Connections are no sign of use: PostgreSQL lists those of a pool that was
 * closed for some milliseconds more.
 */
const MEMBERS_LOCK = 4_711_002;

const LOOK_MS = 50;

/** Milliseconds a stop is waited for. */
const STOP_MS = 10_000;

/** Milliseconds after which a PostgreSQL that does not answer is left alone: its process id may be another's by now. */
const MOST_MS = 120_000;

/** Milliseconds until a member whose connection broke joins again: PostgreSQL may have been restarted. */
const REJOIN_MS = 500;

/**
 * Returns undefined if no PostgreSQL runs in the folder; waits while one starts or stops.
 *
 * @throws {@link startRefused} if what runs there is not a cluster of Clientele.
 */
export async function joinCluster(cluster: Cluster): Promise<Membership | undefined> {
  let client = await joined(cluster, lost);
  if (!client) return undefined;
  let hasLeft = false;
  let rejoining: Promise<void> | undefined;

  function lost() {
    client = undefined;
    if (!hasLeft) setTimeout(() => void (rejoining = rejoin()), REJOIN_MS).unref();
  }

  async function rejoin() {
    if (hasLeft) return;
    client = await joined(cluster, lost).catch(() => undefined);
    if (!client) lost();
  }

  return {
    async leave() {
      hasLeft = true;
      await rejoining;
      if (!client) return stopUnusedCluster(cluster);
      await stopIfLast(client, cluster, 'select pg_advisory_unlock_shared($1)');
    },
  };
}

/**
 * Stops the PostgreSQL of a folder unless it has members. Waits for one that starts: the process that started it may have
 * been killed before it answered.
 *
 * @param graceMs milliseconds that nothing must run before it is taken for granted
 */
export async function stopUnusedCluster(cluster: Cluster, graceMs = 0): Promise<void> {
  for (let quiet = 0, waited = 0; quiet <= graceMs && waited < MOST_MS; waited += LOOK_MS) {
    const client = await connected(cluster.superuser).catch(() => undefined);
    if (client) return stopIfLast(client, cluster);
    quiet = (await isRunning(cluster.folder)) ? 0 : quiet + LOOK_MS;
    await pause(LOOK_MS);
  }
}

async function joined({ superuser }: Cluster, lost: () => void): Promise<pg.Client | undefined> {
  for (;;) {
    const client = await connected(superuser);
    if (!client) return undefined;
    const { rows } = await client
      .query<{ joined: boolean }>('select pg_try_advisory_lock_shared($1) as joined', [MEMBERS_LOCK])
      .catch(() => ({ rows: [] }));
    if (rows[0]?.joined) {
      client.on('end', lost);
      return client;
    }
    // The last member stops it now.
    await client.end();
    await pause(LOOK_MS);
  }
}

/** Returns undefined if nothing listens. */
async function connected(superuser: pg.ClientConfig): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...superuser, application_name: 'clientele member', connectionTimeoutMillis: 5000 });
  // Without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return undefined;
    // 57P03: it is starting up or shutting down; wait for what comes of it.
    if (error.code === '57P03') {
      await pause(LOOK_MS);
      return connected(superuser);
    }
    // It answers, and has no database of its own: the folder holds something else, or the rest of a set-up.
    if (/^(3D|28)/.test(error.code ?? ''))
      throw startRefused({ reason: `The PostgreSQL in the data folder is not one of Clientele's: ${error.message}` });
    return undefined;
  }
}

async function stopIfLast(client: pg.Client, { folder }: Cluster, ...before: readonly string[]) {
  try {
    for (const statement of before) await client.query(statement, [MEMBERS_LOCK]);
    const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [MEMBERS_LOCK]);
    if (!rows[0]?.last) return;
    const pid = await postmaster(folder);
    if (pid === undefined) return;
    process.kill(pid, 'SIGINT');
    // Bounded: another process may have started it again already.
    for (let waited = 0; waited < STOP_MS && existsSync(pidFile(folder)); waited += 10) await pause(10);
  } catch {
    // It is gone already.
  } finally {
    await client.end().catch(() => undefined);
  }
}

const pidFile = (folder: string) => join(folder, 'postmaster.pid');

/** Process id of the PostgreSQL that has the folder. */
async function postmaster(folder: string): Promise<number | undefined> {
  const text = await readFile(pidFile(folder), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]) || undefined;
}

async function isRunning(folder: string): Promise<boolean> {
  const pid = await postmaster(folder);
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
