import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import autocannon from 'autocannon';
import type { Benchmark } from './benchmarks.ts';
import { percentile } from './latency.ts';
import { demoCustomers, emptyFolder, PASSWORD, startProduct } from './product.ts';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SECONDS = 8;
/** Until the compiler and the garbage collector have seen what a busy server does. */
const WARM_UP_SECONDS = 15;
const DEMO = { username: 'anna.bergmann@example.org', password: PASSWORD };

export const logIns: Benchmark = {
  name: 'log-ins',
  what: {
    'log-ins': 'log-ins a second over `POST /access-tokens` ÷ argon2id verifications a second of the bare library',
  },
  bar: { 'log-ins': 0.85 },
  atLeast: true,
  async measure() {
    const { folder, remove } = emptyFolder();
    const product = await startProduct(folder);
    try {
      // Different people, as log-ins of one account wait for each other on purpose.
      const requests = (await demoCustomers()).map(({ email: username }) => ({
        body: JSON.stringify({ data: { type: 'access-tokens', attributes: { ...DEMO, username } } }),
      }));
      const load = (duration: number) =>
        autocannon({
          url: `${product.url}/access-tokens`,
          method: 'POST',
          requests,
          connections: 32,
          duration,
          headers: { accept: 'application/vnd.api+json', 'content-type': 'application/json' },
        });
      await load(WARM_UP_SECONDS);
      // Before, between and after, as a machine's speed drifts.
      const ratios: number[] = [];
      for (let round = 0; round < 3; round++) {
        const before = await bareVerifications(2);
        const result = await load(SECONDS);
        if (result.non2xx > 0) throw new Error(`${result.non2xx} log-ins were refused`);
        const after = await bareVerifications(2);
        ratios.push(result['2xx'] / result.duration / ((before + after) / 2));
      }
      return { 'log-ins': percentile(ratios, 50) };
    } finally {
      await product.stop();
      remove();
    }
  },
};

/** As many at once as there are cores: the most the library does here. */
async function bareVerifications(seconds: number): Promise<number> {
  const stored = await hash(DEMO.password, PARAMETERS);
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      while (performance.now() < until) {
        await verify(stored, DEMO.password);
        count += 1;
      }
    }),
  );
  return count / ((performance.now() - started) / 1000);
}
