import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Benchmark } from './benchmarks.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import { writeCustomers } from './million.ts';
import { runConsole, emptyFolder } from './product.ts';

const COLUMNS =
  'id, reference, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, store, newsletter, password_hash, verified_at, import_run_id, created_at, updated_at';

export const importBenchmark: Benchmark = {
  name: 'import',
  what: {
    'import-time':
      'time to import 1,000,000 customers with bcrypt hashes through `data:import` ÷ raw `COPY` of the same rows into the same table with the same indexes',
    'import-memory': 'peak memory of the importing process, 1,000,000 rows, MB',
  },
  bar: { 'import-time': 1.5, 'import-memory': 300 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    // Held open, so that starting and stopping the database is no part of the import's time.
    const embedded = await openEmbedded(folder);
    const client = new pg.Client(embedded.connection);
    try {
      await client.connect();
      const file = join(folder, 'customer.csv');
      await writeCustomers(file);
      await runConsole(folder, ['store:list']);
      await client.query('checkpoint').catch(() => undefined);
      const { output, peakMb } = await runConsole(folder, ['data:import', 'customer', `--file-name=${file}`]);
      const seconds = Number(/Import Time Used: ([\d.]+) s/.exec(output)?.[1]);
      const copied = await rawCopy(client, folder);
      process.stderr.write(`  import ${seconds.toFixed(1)} s, raw COPY ${copied.toFixed(1)} s\n`);
      return { 'import-time': seconds / copied, 'import-memory': peakMb };
    } finally {
      await client.end();
      await embedded.close();
      remove();
    }
  },
};

/** The very rows that were imported, copied into a table with the same indexes. */
async function rawCopy(client: pg.Client, folder: string): Promise<number> {
  const file = join(folder, 'rows.copy');
  await pipeline(client.query(copyTo(`copy (select ${COLUMNS} from customer) to stdout`)), createWriteStream(file));
  await client.query('create table bare (like customer including all)');
  const started = performance.now();
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    client.query(copyFrom(`copy bare (${COLUMNS}) from stdin`)),
  );
  return (performance.now() - started) / 1000;
}
