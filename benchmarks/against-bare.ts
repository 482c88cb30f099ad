// Measures requests a second of the product beside a bare Hono server on the same PostgreSQL, in the same run.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { percentile } from './latency.ts';
import { answers, freePort, logFile, root, stopped } from './product.ts';

const SECONDS = 4;
/** A machine's speed drifts from second to second; the median of so many is steady. */
const ROUNDS = 5;
const WARM_UP_SECONDS = 3;

/** Requests of one kind: each connection sends those that `requests` makes for it, over and over. */
export interface Load {
  url: string;
  connections: number;
  requests(connection: number): autocannon.Request[];
}

/** Requests a second. */
export async function rate({ url, connections, requests }: Load, duration: number): Promise<number> {
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration,
    setupClient: (client) => client.setRequests(requests(connection++)),
  });
  if (result.non2xx > 0) throw new Error(`${url} answered ${result.non2xx} times with an error`);
  return result['2xx'] / result.duration;
}

/**
 * The rate of one load ÷ that of another, measured in turns: the median of some rounds.
 *
 * @param reset removes what a round has left
 */
export async function ratio(ours: Load, theirs: Load, reset = async () => {}): Promise<number> {
  await rate(ours, WARM_UP_SECONDS);
  await rate(theirs, WARM_UP_SECONDS);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await reset();
    const before = await rate(theirs, SECONDS / 2);
    const measured = await rate(ours, SECONDS);
    const after = await rate(theirs, SECONDS / 2);
    ratios.push(measured / ((before + after) / 2));
  }
  return percentile(ratios, 50);
}

/** The yardstick runs in a process of its own, as the product does, on the product's database. */
export async function startBare(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [join(root, 'benchmarks/bare-route.js')], {
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), SOCKET: join(folder, 'run') },
    stdio: ['ignore', logFile(folder, 'bare'), 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/rows/DEMO--1`))) await new Promise((resolve) => setTimeout(resolve, 20));
  return { url, stop: () => stopped(child) };
}
