import type { Benchmark } from './benchmarks.ts';
import { percentile } from './latency.ts';
import { emptyFolder, startProduct } from './product.ts';

export const startUp: Benchmark = {
  name: 'start-up',
  what: { 'start-up': 'start with existing data to first answered request, embedded PostgreSQL included, seconds' },
  bar: { 'start-up': 1.5 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    try {
      await (await startProduct(folder)).stop();
      const seconds: number[] = [];
      for (let run = 0; run < 5; run++) {
        const started = performance.now();
        const product = await startProduct(folder);
        seconds.push((performance.now() - started) / 1000);
        await product.stop();
      }
      return { 'start-up': percentile(seconds, 50) };
    } finally {
      remove();
    }
  },
};
