import pg from 'pg';
import { stopwatch } from '../clock.ts';
import { isFull } from './errors.ts';

/** Finds out whether a connection that does not answer is slow or dead. */
export interface SilenceWatch {
  /** Watches every statement of a connection from now on. */
  watch(client: pg.ClientBase, server: pg.ClientConfig): void;
  /** Why a connection was thrown away: the server does not answer at all, or it lost this connection alone. */
  verdict(client: pg.ClientBase): 'silent' | 'lost' | undefined;
}

type Ping = 'alive' | 'dead' | ReadonlySet<number>;

/**
 * A statement that has no answer after `quietMs` is asked about over a new connection, which may take as long again.
 * Where that fails too, the server is silent and the statement's connection is thrown away. Where the server answers and
 * does not work on the statement, the network lost the connection. Otherwise the statement is slow, and goes on.
 *
 * Behind a pooler nothing can be asked about a connection; there a statement may take `statementMs`.
 */
export function watchSilence(
  { quietMs, statementMs, pooled }: { quietMs: number; statementMs: number; pooled: boolean },
  onDead: () => void,
): SilenceWatch {
  const verdicts = new WeakMap<pg.ClientBase, 'silent' | 'lost'>();
  const pings = new Map<pg.ClientConfig, Promise<Ping>>();

  function throwAway(client: pg.Client, verdict: 'silent' | 'lost') {
    verdicts.set(client, verdict);
    onDead();
    // With a statement under way this closes the socket at once.
    client.end().catch(() => undefined);
  }

  /** One ping at a time, however many statements wait. */
  function pingOnce(server: pg.ClientConfig): Promise<Ping> {
    const running = pings.get(server);
    if (running) return running;
    const started = ping(server, quietMs, pooled).finally(() => pings.delete(server));
    pings.set(server, started);
    return started;
  }

  /** Follows one statement; the returned function ends that. */
  function follow(client: pg.Client, server: pg.ClientConfig): () => void {
    const elapsed = stopwatch();
    let over = false;
    let timer = setTimeout(ask, quietMs);
    function ask() {
      void pingOnce(server).then((found) => {
        if (over) return;
        const process = processOf(client);
        if (found === 'dead') throwAway(client, 'silent');
        else if (found !== 'alive' && process !== undefined && !found.has(process)) throwAway(client, 'lost');
        else if (pooled && statementMs > 0 && elapsed() > statementMs) throwAway(client, 'silent');
        else timer = setTimeout(ask, quietMs);
      });
    }
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  return {
    verdict: (client) => verdicts.get(client),
    watch(client, server) {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      const watched = (...args: unknown[]) => {
        const end = follow(client as pg.Client, server);
        const result = query(...args);
        if (result instanceof Promise) result.then(end, end);
        else end();
        return result;
      };
      client.query = watched as typeof client.query;
    },
  };
}

/** The server's process of a connection; `pg` knows it and does not declare it. */
const processOf = (client: pg.ClientBase): number | undefined =>
  'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;

/** Asks which of its processes work on something now. */
async function ping(server: pg.ClientConfig, limitMs: number, pooled: boolean): Promise<Ping> {
  const client = new pg.Client({ ...server, application_name: 'clientele ping', connectionTimeoutMillis: limitMs });
  client.on('error', () => undefined);
  const late = setTimeout(() => void client.end().catch(() => undefined), limitMs);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      pooled
        ? 'select 1 as pid'
        : "select pid from pg_stat_activity where datname = current_database() and state in ('active', 'fastpath function call')",
    );
    return pooled ? 'alive' : new Set(rows.map(({ pid }) => pid));
  } catch (error) {
    // A server with no connection left for a ping answers.
    return isFull(error) ? 'alive' : 'dead';
  } finally {
    clearTimeout(late);
    client.end().catch(() => undefined);
  }
}
