import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Benchmark } from './benchmarks.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import { runConsole, emptyFolder } from './product.ts';

const ROWS = 1_000_000;
const COLUMNS =
  'id, reference, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, store, newsletter, password_hash, verified_at, import_run_id, created_at, updated_at';

export const importBenchmark: Benchmark = {
  name: 'import',
  what: {
    'import-time':
      'time to import 1,000,000 customers with bcrypt hashes through `data:import` ÷ raw `COPY` of the same rows into the same table with the same indexes',
    'import-memory': 'peak memory of the importing process, 1,000,000 rows, MB',
  },
  bar: { 'import-time': 2, 'import-memory': 300 },
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

/** A million believable rows; the same each time. */
async function writeCustomers(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write(
    'customer_reference,locale_name,phone,email,salutation,first_name,last_name,company,gender,date_of_birth,password,registered\n',
  );
  let seed = 12_345;
  const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff);
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (let at = 1; at <= ROWS; at++) {
    let hash = '';
    for (let letter = 0; letter < 53; letter++) hash += alphabet[(random() >> 8) % 64];
    const row = `DE--${at},${at % 2 ? 'de_DE' : 'en_US'},+49 30 ${1_000_000 + at},customer${at}@mail${at % 997}.example.org,${['Mr', 'Ms', 'Mrs', 'Dr'][at % 4]},First${random() % 5000},Last${random() % 20_000},,${at % 2 ? 'Male' : 'Female'},19${50 + (at % 50)}-0${1 + (at % 9)}-1${at % 9},$2y$10$${hash},2020-06-${10 + (at % 20)}\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
