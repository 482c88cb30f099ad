import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import type { Benchmark } from './benchmarks.ts';
import { latencies, logIn, percentile } from './latency.ts';
import { personAt, ROWS, writeCustomers } from './million.ts';
import { emptyFolder, runConsole, startProduct } from './product.ts';

const ROUNDS = 400;

export const agentSearch: Benchmark = {
  name: 'agent-search',
  what: {
    'agent-search':
      'p95 of `GET /agent-customer-search?q=` for the first 3 to 8 letters of names and addresses among 1,000,000 customers ÷ p95 of `GET /customers/{ref}`',
  },
  bar: { 'agent-search': 4 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    // The demo shop first, for an agent and a customer to log in as.
    await (await startProduct(folder)).stop();
    const embedded = await openEmbedded(folder);
    const client = new pg.Client(embedded.connection);
    try {
      // Connected from the beginning: a database that nobody uses is stopped.
      await client.connect();
      const file = join(folder, 'customer.csv');
      await writeCustomers(file);
      await runConsole(folder, ['data:import', 'customer', `--file-name=${file}`]);
      await client.query('vacuum analyze customer');
    } finally {
      await client.end();
      await embedded.close();
    }
    const product = await startProduct(folder, { RUN_JOBS: 'false' });
    try {
      const agent = await logIn(product.url, 'agent-access-tokens', 'agent@example.org');
      const customer = await logIn(product.url, 'access-tokens', 'anna.bergmann@example.org');
      const prefix = (round: number) => {
        const { firstName, lastName, email } = personAt((round * 7919) % ROWS);
        return ([lastName, firstName, email][round % 3] ?? '').slice(0, 3 + (round % 6));
      };
      const requests = {
        search: (round: number) => ({
          url: `${product.url}/agent-customer-search?q=${encodeURIComponent(prefix(round))}`,
          headers: agent,
        }),
        read: () => ({ url: `${product.url}/customers/DEMO--1`, headers: customer }),
      };
      await latencies(requests, 50);
      const { search, read } = await latencies(requests, ROUNDS);
      process.stderr.write(
        `  search p50 ${percentile(search, 50).toFixed(2)} ms, p95 ${percentile(search, 95).toFixed(2)} ms; read p95 ${percentile(read, 95).toFixed(2)} ms\n`,
      );
      return { 'agent-search': percentile(search, 95) / percentile(read, 95) };
    } finally {
      await product.stop();
      remove();
    }
  },
};
