import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import type { Benchmark } from './benchmarks.ts';
import { latencies, logIn, percentile } from './latency.ts';
import { personAt, ROWS, writeCustomers } from './million.ts';
import { emptyFolder, runConsole, startProduct } from './product.ts';

const CONNECTIONS = 8;
/** Requests of each connection, a round. */
const REQUESTS = 40;
const ROUNDS = 6;
const PAGES = 200;

const beside = (what: string) =>
  `p95 of the agents' search for ${what} among 1,000,000 customers ÷ p95 of \`GET /customers/{ref}\`, 8 connections each`;

export const agentSearch: Benchmark = {
  name: 'agent-search',
  what: {
    'search-prefix': beside('the first 3 to 8 letters of names and addresses'),
    'search-names': beside('first and last name together, in either order'),
    'search-nobody': beside('what nobody is called'),
    'agent-list': "p95 of the agents' list of 1,000,000 with `page[offset]=900000` ÷ p95 of its first page",
  },
  bar: { 'search-prefix': 4, 'search-names': 4, 'search-nobody': 4, 'agent-list': 10 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    try {
      await fillMillion(folder);
      return await measureSearch(folder);
    } finally {
      remove();
    }
  },
};

async function fillMillion(folder: string): Promise<void> {
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
}

async function measureSearch(folder: string): Promise<Record<string, number>> {
  const product = await startProduct(folder, { RUN_JOBS: 'false' });
  try {
    const agent = await logIn(product.url, 'agent-access-tokens', 'agent@example.org');
    const customer = await logIn(product.url, 'access-tokens', 'anna.bergmann@example.org');
    const list = (query: string) => ({ url: `${product.url}/agent-customer-search?${query}`, headers: agent });
    const search = (text: (at: number) => string) => (at: number) => list(`q=${encodeURIComponent(text(at))}`);
    const kinds = {
      read: () => ({ url: `${product.url}/customers/DEMO--1`, headers: customer }),
      'search-prefix': search(prefix),
      'search-names': search(names),
      'search-nobody': search((at) => `Qx${at}zz`),
    };
    const { read, ...searches } = await together(kinds);
    const measured: Record<string, number> = {};
    for (const [name, taken] of Object.entries(searches)) measured[name] = percentile(taken, 95) / percentile(read, 95);
    const pages = {
      first: () => list('page[offset]=0&page[limit]=10'),
      deep: () => list('page[offset]=900000&page[limit]=10'),
    };
    await latencies(pages, PAGES / 10);
    const { first, deep } = await latencies(pages, PAGES);
    return { ...measured, 'agent-list': percentile(deep, 95) / percentile(first, 95) };
  } finally {
    await product.stop();
  }
}

type Kinds = Readonly<Record<string, (at: number) => { url: string; headers: Record<string, string> }>>;

/** Milliseconds of each kind of request over several connections at once; the kinds take turns. */
async function together(kinds: Kinds): Promise<Record<string, number[]>> {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, request] of Object.entries(kinds)) {
      const connections = Array.from({ length: CONNECTIONS }, (_, connection) =>
        latencies({ [name]: (at) => request((round * CONNECTIONS + connection) * REQUESTS + at) }, REQUESTS),
      );
      const results = (await Promise.all(connections)).flatMap((result) => result[name] ?? []);
      // The first round is there to warm up.
      if (round > 0) (taken[name] ??= []).push(...results);
    }
  for (const [name, values] of Object.entries(taken))
    process.stderr.write(
      `  ${name} p50 ${percentile(values, 50).toFixed(2)} ms, p95 ${percentile(values, 95).toFixed(2)} ms\n`,
    );
  return taken;
}

const person = (at: number) => personAt((at * 7919) % ROWS);

function prefix(at: number): string {
  const { firstName, lastName, email } = person(at);
  return ([lastName, firstName, email][at % 3] ?? '').slice(0, 3 + (at % 6));
}

function names(at: number): string {
  const { firstName, lastName } = person(at);
  return at % 2 === 0 ? `${firstName} ${lastName}` : `${lastName} ${firstName}`;
}
