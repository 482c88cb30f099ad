import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import autocannon from 'autocannon';
import type { Benchmark } from './benchmarks.ts';
import { percentile } from './latency.ts';
import { answers, emptyFolder, freePort, root, startProduct, stopped } from './product.ts';

const SECONDS = 4;
/** A machine's speed drifts from second to second; the median of so many is steady. */
const ROUNDS = 5;

export const readCustomer: Benchmark = {
  name: 'read-customer',
  what: {
    'read-customer':
      '`GET /customers/{ref}` a second, 32 connections ÷ one row by key behind a bare Hono route, same driver',
  },
  bar: { 'read-customer': 0.6 },
  atLeast: true,
  async measure() {
    const { folder, remove } = emptyFolder();
    const product = await startProduct(folder);
    const bare = await startBare(folder);
    try {
      const attributes = { username: 'anna.bergmann@example.org', password: 'Demo-Shopper-2026' };
      const answer = await fetch(`${product.url}/access-tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: '*/*' },
        body: JSON.stringify({ data: { type: 'access-tokens', attributes } }),
      });
      const { data } = (await answer.json()) as { data: { attributes: { accessToken: string } } };
      const headers = { accept: 'application/vnd.api+json', authorization: `Bearer ${data.attributes.accessToken}` };
      const rate = async (url: string, duration: number) => {
        const result = await autocannon({ url, connections: 32, duration, headers });
        if (result.non2xx > 0) throw new Error(`${url} answered ${result.non2xx} times with an error`);
        return result['2xx'] / result.duration;
      };
      const ours = `${product.url}/customers/DEMO--1`;
      const theirs = `${bare.url}/rows/DEMO--1`;
      await rate(ours, 3);
      await rate(theirs, 3);
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const before = await rate(theirs, SECONDS / 2);
        const measured = await rate(ours, SECONDS);
        const after = await rate(theirs, SECONDS / 2);
        ratios.push(measured / ((before + after) / 2));
      }
      return { 'read-customer': percentile(ratios, 50) };
    } finally {
      await bare.stop();
      await product.stop();
      remove();
    }
  },
};

/** The yardstick runs in a process of its own, as the product does. */
async function startBare(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [join(root, 'benchmarks/bare-route.js')], {
    env: { ...process.env, PORT: String(port), SOCKET: join(folder, 'run') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/rows/DEMO--1`))) await new Promise((resolve) => setTimeout(resolve, 20));
  return { url, stop: () => stopped(child) };
}
