import { startRefused } from '../problem.ts';
import type { DatabaseAddress } from './address.ts';
import { connectDirectly } from './standby.ts';

/** Any number that nothing else in the database locks. */
const SERVER_LOCK = 4_711_001;

/**
 * Holds the embedded data folder for one server; the console may still use it. The lock goes with the connection, so a
 * server that was killed leaves nothing behind. `lost` is called once if the connection breaks before it is released.
 *
 * @throws {@link startRefused} when another server holds it.
 */
export async function holdDataFolder(
  address: DatabaseAddress,
  dataDir: string,
  lost: () => void,
): Promise<{ release(): Promise<void> }> {
  const client = await connectDirectly(address, `clientele server ${process.pid}`);
  let held = true;
  client.on('end', () => {
    if (held) lost();
    held = false;
  });
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [SERVER_LOCK]);
  const release = async () => {
    held = false;
    await client.end();
  };
  if (rows[0]?.held) return { release };
  await release();
  throw startRefused({
    reason: `The data folder ${dataDir} is in use by another Clientele server. Stop it, or choose another folder: DATA_DIR=./data2 npm start`,
  });
}

/** Whether a server holds the data folder of this database now. */
export async function isServed(address: DatabaseAddress): Promise<boolean> {
  const client = await connectDirectly(address, 'clientele queue');
  try {
    const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [SERVER_LOCK]);
    return !rows[0]?.free;
  } finally {
    await client.end();
  }
}
