import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { DatabaseAddress } from './address.ts';
import { type EmbeddedDatabase, openEmbedded } from './embedded.ts';
import { holdDataFolder } from './hold.ts';

/** Milliseconds between two looks at the data folder. */
const LOOK_MS = 2000;

/**
 * Holds the data folder for this server, and starts its database again should it be killed; everything else heals then.
 * A database whose files are gone, or that others have taken the place of, ends the process: it is never set up anew
 * under a server that runs.
 *
 * @throws {@link startRefused} when another server holds the folder.
 */
export async function keepEmbedded(
  { connection, home, dataDir }: { connection: DatabaseAddress; home: string; dataDir: string },
  log: Log,
  end: (status: number) => void = process.exit,
): Promise<() => Promise<void>> {
  const cluster = join(home, 'postgres');
  const original = await identityOf(cluster);
  const [pid] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  let isOver = false;
  /** Set once PostgreSQL was started again. */
  let reopened: EmbeddedDatabase | undefined;
  let restarting: Promise<void> | undefined;
  let hold = await holdDataFolder(connection, dataDir, again);
  const timer = setInterval(() => void look(), LOOK_MS).unref();

  async function look(): Promise<boolean> {
    const now = await identityOf(cluster);
    if (isOver) return false;
    if (now === original) return true;
    // Its files are gone, so the PostgreSQL that had them has nothing left to save.
    if (Number(pid) > 0) stop(Number(pid));
    finish(
      `the database folder ${cluster} ${now === undefined ? 'has vanished' : 'was replaced'} while the server ran`,
    );
    return false;
  }

  function again() {
    log.warn('the embedded database is gone; starting it again');
    restarting = restart().catch((error: unknown) =>
      finish(`the embedded database cannot be started again: ${error instanceof Error ? error.message : ''}`, error),
    );
  }

  async function restart() {
    if (!(await look())) return;
    const earlier = reopened;
    reopened = await openEmbedded(dataDir, [], { create: false });
    await earlier?.close();
    hold = await holdDataFolder(connection, dataDir, again);
    log.info('the embedded database is back');
  }

  function finish(reason: string, error?: unknown) {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    log.fatal({ error }, `${reason}. Restore it from a backup, then start again`);
    end(1);
  }

  return async () => {
    isOver = true;
    clearInterval(timer);
    // A restart that was under way would leave behind what it started.
    await restarting;
    await hold.release();
    await reopened?.close();
  };
}

/** Tells the files of a cluster from others in their place: PostgreSQL writes this one once. Undefined where it is gone. */
async function identityOf(cluster: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(join(cluster, 'PG_VERSION'));
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

function stop(pid: number) {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has noticed by itself.
  }
}
