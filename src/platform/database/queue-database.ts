import type { Db } from 'pg-boss';
import type { DatabaseAddress } from './address.ts';
import type { PoolOptions, WritablePool } from './pool.ts';
import { openWritablePool } from './pool.ts';
import { connectDirectly } from './standby.ts';
import type { Log } from '../log.ts';

/** Milliseconds between two checks of the connection that listens, and after which it is opened anew. */
const CHECK_MS = 10_000;
const AGAIN_MS = 1000;

/** What pg-boss asks of a database, and the pool behind it. */
export type QueueDatabase = Db & { pool: WritablePool };

/** Connections of the job queue, which follow the database to the server that takes writes as requests do. */
export function openQueueDatabase(address: DatabaseAddress, options: PoolOptions, log: Log): QueueDatabase {
  const pool = openWritablePool(address, options, log);
  return {
    pool,
    async executeSql(text, values) {
      const connection = await pool.connect();
      let hasFailed = true;
      try {
        const result = await connection.query(text, values);
        hasFailed = false;
        return result;
      } finally {
        // pg-boss sends whole transactions as one text: one that failed leaves its connection inside of it.
        connection.release(hasFailed);
      }
    },
    async listen(channel, onNotification, onReconnect) {
      let isClosed = false;
      let client = await subscribe();
      let timer = setTimeout(check, CHECK_MS);

      async function subscribe() {
        const listener = await connectDirectly(address, options.name);
        listener.on('notification', ({ payload }) => payload !== undefined && onNotification(payload));
        await listener.query(`listen "${channel}"`);
        return listener;
      }

      /** Queues are polled too, so a notification lost meanwhile costs two seconds. */
      function check() {
        const late = setTimeout(() => void client.end().catch(() => undefined), options.connectMs);
        void client
          .query('select 1')
          .then(
            () => CHECK_MS,
            async () => {
              client.end().catch(() => undefined);
              client = await subscribe();
              onReconnect();
              return CHECK_MS;
            },
          )
          .catch(() => AGAIN_MS)
          .then((pause) => {
            clearTimeout(late);
            if (isClosed) void client.end().catch(() => undefined);
            else timer = setTimeout(check, pause);
          });
      }

      return {
        async close() {
          isClosed = true;
          clearTimeout(timer);
          await client.end().catch(() => undefined);
        },
      };
    },
  };
}
