import pg from 'pg';
import { stopwatch } from '../clock.ts';
import type { Log } from '../log.ts';
import { assume } from '../types.ts';
import { type DatabaseAddress, serversOf } from './address.ts';
import {
  breaksConnection,
  databaseSilent,
  isDatabaseAway,
  isFull,
  isPoolExhausted,
  isTransient,
  wasNotExecuted,
} from './errors.ts';
import { nameOf } from './named-statements.ts';
import { watchSilence } from './silence.ts';
import { refuseStandby } from './standby.ts';
import { traceStatement } from './trace-statement.ts';

export interface PoolLimits {
  /** Connections. */
  size: number;
  /** Milliseconds to wait for a connection, for trying all servers together. */
  connectMs: number;
  /** Milliseconds without an answer after which a statement's connection is asked about. */
  quietMs: number;
  statementMs: number;
  lockMs: number;
  /** Milliseconds a transaction may wait for its next statement. */
  idleInTransactionMs: number;
}

export interface PoolOptions extends PoolLimits {
  name: string;
  /** Whether statements are prepared by name; PgBouncer before 1.21 cannot. */
  prepare: boolean;
  /** Whether the address is a pooler's: it takes no settings of a session and hides the server's processes. */
  pooled: boolean;
}

type Rows = pg.QueryResult<Record<string, unknown>>;

/** A connection that was taken out of the pool. */
export interface Lease {
  query(text: string, values?: readonly unknown[]): Promise<Rows>;
  release(destroy?: boolean): void;
}

/** Connections to the server that takes writes. */
export interface WritablePool {
  connect(): Promise<Lease>;
  /** Runs one statement. */
  query(text: string, values?: readonly unknown[]): Promise<Rows>;
  /** Whether the server said within this time that its disk, memory or connections are used up. */
  wasFull(withinMs: number): boolean;
  load(): PoolLoad;
  end(): Promise<void>;
  readonly options: object;
}

export interface PoolLoad {
  /** Connections that are open. */
  total: number;
  /** Of these, connections nobody uses. */
  idle: number;
  /** Requests for a connection that wait. */
  waiting: number;
  /** Connections there may be. */
  size: number;
}

/** Milliseconds until an idle connection is checked by the operating system, and until it is closed. */
const KEEP_ALIVE_MS = 10_000;
const IDLE_MS = 30_000;

const harmless =
  /^(?:begin|(?:\/\*[^*]*\*\/\s*)?(?:select|with)\b(?![\s\S]*\b(?:insert|update|delete|merge|nextval|set_config|pg_advisory\w*)\b))/i;

export function openWritablePool(address: DatabaseAddress, options: PoolOptions, log: Log): WritablePool {
  const servers = serversOf(address);
  /** The server that was used last. */
  let current = 0;
  /** Connections of an earlier generation are thrown away when their turn comes. */
  let generation = 0;
  let sinceFull: (() => number) | undefined;
  const born = new WeakMap<pg.ClientBase, { generation: number; server: pg.ClientConfig }>();
  const silence = watchSilence(options, () => (generation += 1));

  /** What the pool makes its connections with; each goes to the server whose turn it is. */
  function Client(this: unknown, config: pg.ClientConfig) {
    const server = servers[current] ?? address;
    const client = new pg.Client({ ...config, ...server, connectionTimeoutMillis: options.connectMs / servers.length });
    born.set(client, { generation, server });
    return client;
  }

  const limits = options.pooled
    ? {}
    : {
        statement_timeout: options.statementMs,
        lock_timeout: options.lockMs,
        idle_in_transaction_session_timeout: options.idleInTransactionMs,
      };
  const config: pg.PoolConfig = {
    ...limits,
    Client: assume<new () => pg.ClientBase>(Client),
    application_name: options.name,
    max: options.size,
    connectionTimeoutMillis: options.connectMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    onConnect: assume<() => void>(greet),
  };
  const pool = new pg.Pool(config);
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'database connection lost'));

  async function greet(client: pg.ClientBase): Promise<void> {
    // While it is in use the pool does not listen to it: the statement that fails says it better.
    client.on('error', () => undefined);
    silence.watch(client, born.get(client)?.server ?? address);
    if (address.acceptsStandby) return;
    await refuseStandby(client);
  }

  /** A connection of this generation, from the first server that can be used. */
  async function acquire(): Promise<pg.PoolClient> {
    for (let attempt = 1; ; attempt++) {
      const tried = current;
      try {
        let client = await pool.connect();
        while (born.get(client)?.generation !== generation) {
          client.release(true);
          client = await pool.connect();
        }
        return client;
      } catch (error) {
        if (!isDatabaseAway(error) || isPoolExhausted(error)) throw error;
        if (current === tried) current = (tried + 1) % servers.length;
        if (attempt >= servers.length) throw error;
      }
    }
  }

  /** What an error means for the others: a server that ended one connection or takes no writes has ended them all. */
  function learn(client: pg.PoolClient, error: unknown): unknown {
    if (isFull(error)) sinceFull = stopwatch();
    if (breaksConnection(error) && born.get(client)?.generation === generation) generation += 1;
    return silence.verdict(client) === 'silent' ? databaseSilent(error) : error;
  }

  const run = (client: pg.PoolClient, text: string, values?: readonly unknown[]): Promise<Rows> => {
    const name = options.prepare && values && values.length > 0 ? nameOf(text) : undefined;
    return traceStatement(text, () => client.query({ text, values: values as unknown[], ...(name ? { name } : {}) }));
  };

  /** Whether a statement that began a connection's work may be sent again over another. */
  const mayRepeat = (error: unknown, text: string): boolean =>
    isTransient(error) && (harmless.test(text) || wasNotExecuted(error));

  /** One statement over a connection of its own. */
  async function runAlone(text: string, values?: readonly unknown[]): Promise<Rows> {
    const client = await acquire();
    let isBroken = false;
    try {
      return await run(client, text, values);
    } catch (thrown) {
      const error = learn(client, thrown);
      isBroken = breaksConnection(error);
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  async function connect(): Promise<Lease> {
    let client: pg.PoolClient | undefined = await acquire();
    let isFirst = true;
    let isBroken = false;

    async function attempt(text: string, values?: readonly unknown[]): Promise<Rows> {
      if (!client) throw databaseSilent();
      try {
        return await run(client, text, values);
      } catch (thrown) {
        const error = learn(client, thrown);
        isBroken ||= breaksConnection(error);
        throw error;
      }
    }

    return {
      async query(text, values) {
        const isAlone = isFirst;
        isFirst = false;
        try {
          return await attempt(text, values);
        } catch (error) {
          // Later statements depend on those before them; those that write may have happened.
          if (!isAlone || !mayRepeat(error, text)) throw error;
          client?.release(isBroken);
          client = undefined;
          isBroken = false;
          client = await acquire();
          return attempt(text, values);
        }
      },
      release(destroy = false) {
        client?.release(isBroken || destroy);
        client = undefined;
      },
    };
  }

  return {
    connect,
    async query(text, values) {
      try {
        return await runAlone(text, values);
      } catch (error) {
        if (!mayRepeat(error, text)) throw error;
        return runAlone(text, values);
      }
    },
    wasFull: (withinMs) => sinceFull !== undefined && sinceFull() < withinMs,
    load: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      size: options.size,
    }),
    end: () => pool.end(),
    options: config,
  };
}
