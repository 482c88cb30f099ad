import { readdirSync, readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import type { Benchmark } from './benchmarks.ts';
import { demoCustomers, emptyFolder, PASSWORD, startProduct } from './product.ts';

const SECONDS = 25;
const LOOK_MS = 250;

export const memory: Benchmark = {
  name: 'memory',
  what: {
    'memory-mb': 'peak of all processes under 32 sign-in connections, database included, MB (PSS)',
  },
  bar: { 'memory-mb': 350 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    const product = await startProduct(folder);
    let peak: Parts = { main: 0, hashing: 0, postgres: 0 };
    const timer = setInterval(() => {
      const now = measureParts(product.pid);
      if (total(now) > total(peak)) peak = now;
    }, LOOK_MS);
    try {
      const requests = (await demoCustomers()).map(({ email: username }) => ({
        body: JSON.stringify({ data: { type: 'access-tokens', attributes: { username, password: PASSWORD } } }),
      }));
      const { non2xx } = await autocannon({
        url: `${product.url}/access-tokens`,
        method: 'POST',
        requests,
        connections: 32,
        duration: SECONDS,
        headers: { accept: 'application/vnd.api+json', 'content-type': 'application/json' },
      });
      if (non2xx > 0) throw new Error(`${non2xx} sign-ins were refused`);
    } finally {
      clearInterval(timer);
      await product.stop();
      remove();
    }
    const parts = Object.entries(peak).map(([part, mb]) => `${part} ${mb.toFixed(0)} MB`);
    process.stderr.write(`  at the peak: ${parts.join(', ')}\n`);
    return { 'memory-mb': total(peak) };
  },
};

interface Parts {
  main: number;
  hashing: number;
  postgres: number;
}

const total = ({ main, hashing, postgres }: Parts) => main + hashing + postgres;

/** Proportional set sizes of a process and everything below it, MB: what processes share counts once. */
function measureParts(pid: number): Parts {
  const parts: Parts = { main: 0, hashing: 0, postgres: 0 };
  for (const { id, command } of treeOf(pid)) {
    const part = id === pid ? 'main' : command.includes('postgres') ? 'postgres' : 'hashing';
    parts[part] += proportionalMb(id);
  }
  return parts;
}

function treeOf(root: number): { id: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .map((id) => ({ id, parent: Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${id}/status`))?.[1]) }));
  const found = new Set([root]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { id, parent } of all) if (found.has(parent)) found.add(id);
  }
  return [...found].map((id) => ({ id, command: read(`/proc/${id}/cmdline`) }));
}

const proportionalMb = (id: number) =>
  (Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) * 1024) / 1e6;

/** Empty for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
