import pg from 'pg';
import { type DatabaseAddress, serversOf } from './address.ts';
import { isDatabaseAway, READ_ONLY } from './errors.ts';

/** Throws, as a refused write does, when the server of a connection is a standby or takes no writes. */
export async function refuseStandby(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ refused: boolean }>(
    "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as refused",
  );
  if (rows[0]?.refused)
    throw Object.assign(new Error('The database server is a standby or read-only'), { code: READ_ONLY });
}

/** Milliseconds one server may take to answer a connection that stays open for long. */
const CONNECT_MS = 5000;

/** One connection to the first server that takes writes. It stays until it is ended or breaks. */
export async function connectDirectly(address: DatabaseAddress, name: string): Promise<pg.Client> {
  let failure: unknown;
  for (const server of serversOf(address)) {
    const client = new pg.Client({
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...server,
      application_name: name,
    });
    // Without a listener a lost connection would end the process; the next statement says it better.
    client.on('error', () => undefined);
    try {
      await client.connect();
      if (!address.acceptsStandby) await refuseStandby(client);
      return client;
    } catch (error) {
      failure = error;
      client.end().catch(() => undefined);
      if (!isDatabaseAway(error)) break;
    }
  }
  throw failure;
}
