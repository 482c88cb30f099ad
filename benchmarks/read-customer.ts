import { type Load, ratio, startBare } from './against-bare.ts';
import type { Benchmark } from './benchmarks.ts';
import { logIn } from './latency.ts';
import { emptyFolder, startProduct } from './product.ts';

const CONNECTIONS = 32;

export const readCustomer: Benchmark = {
  name: 'read-customer',
  what: {
    'read-customer':
      '`GET /customers/{ref}` a second, 32 connections ÷ a bare Hono route that reads the same row and writes the same log line',
  },
  bar: { 'read-customer': 0.7 },
  atLeast: true,
  async measure() {
    const { folder, remove } = emptyFolder();
    const product = await startProduct(folder);
    const bare = await startBare(folder);
    try {
      const theirs: Load = {
        url: bare.url,
        connections: CONNECTIONS,
        requests: () => [{ method: 'GET', path: '/rows/DEMO--1' }],
      };
      return { 'read-customer': await ratio(await profileOf(product.url), theirs) };
    } finally {
      await bare.stop();
      await product.stop();
      remove();
    }
  },
};

export const logLevel: Benchmark = {
  name: 'log-level',
  what: { 'log-level': '`GET /customers/{ref}` a second at `LOG_LEVEL=info` ÷ at `warn`, 32 connections' },
  bar: { 'log-level': 0.9 },
  atLeast: true,
  async measure() {
    // Each has a database of its own, so that neither waits for the other's.
    const folders = [emptyFolder(), emptyFolder()] as const;
    const informing = await startProduct(folders[0].folder);
    const warning = await startProduct(folders[1].folder, { LOG_LEVEL: 'warn' });
    try {
      const [info, warn] = [await profileOf(informing.url), await profileOf(warning.url)];
      return { 'log-level': await ratio(info, warn) };
    } finally {
      await warning.stop();
      await informing.stop();
      for (const { remove } of folders) remove();
    }
  },
};

/** Reads of the profile of one customer, signed in. */
async function profileOf(url: string): Promise<Load> {
  const headers = await logIn(url, 'access-tokens', 'anna.bergmann@example.org');
  return { url, connections: CONNECTIONS, requests: () => [{ method: 'GET', path: '/customers/DEMO--1', headers }] };
}
