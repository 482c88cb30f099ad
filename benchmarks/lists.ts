import pg from 'pg';
import { join } from 'node:path';
import type { Benchmark } from './benchmarks.ts';
import { latencies, logIn, percentile } from './latency.ts';
import { emptyFolder, startProduct } from './product.ts';
import { countStatements } from './statements.ts';

const ROUNDS = 300;
const ORDERS = 1000;

const paths = {
  'address-list': '/customers/DEMO--1/addresses',
  'order-page': '/orders?page[offset]=500&page[limit]=10',
  'order-list': '/orders',
};

export const lists: Benchmark = {
  name: 'lists',
  what: {
    'address-list': 'p95 of `GET /customers/{ref}/addresses` ÷ p95 of `GET /customers/{ref}`',
    'address-list-statements': 'SQL statements of that request',
    'order-page': 'p95 of ten of the 1,000 orders of a customer ÷ p95 of `GET /customers/{ref}`',
    'order-page-statements': 'SQL statements of that request',
    'order-list': 'p95 of all 1,000 orders at once ÷ p95 of `GET /customers/{ref}`',
    'order-list-statements': 'SQL statements of that request',
  },
  bar: {
    'address-list': 2,
    'address-list-statements': 2,
    'order-page': 4,
    'order-page-statements': 2,
    'order-list': 10,
    'order-list-statements': 2,
  },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    const measured: Record<string, number> = {};
    const product = await startProduct(folder, { RUN_JOBS: 'false' });
    const client = new pg.Client({ host: join(folder, 'run'), port: 5432, user: 'clientele', database: 'clientele' });
    await client.connect();
    try {
      await client.query(
        `insert into sales_order (id, reference, customer_reference, currency, price_mode, grand_total, item_states, created_at, updated_at)
        select gen_random_uuid(), 'BENCH--' || n, 'DEMO--1', 'EUR', 'GROSS_MODE', n, '{Shipped}', now(), now() from generate_series(1, ${ORDERS}) n`,
      );
      const headers = await logIn(product.url, 'access-tokens', 'anna.bergmann@example.org');
      const get = (path: string) => () => ({ url: product.url + path, headers });
      const requests = Object.fromEntries(
        Object.entries({ read: '/customers/DEMO--1', ...paths }).map(([name, path]) => [name, get(path)]),
      );
      await latencies(requests, 50);
      const { read, ...others } = await latencies(requests, ROUNDS);
      for (const [name, taken] of Object.entries(others)) measured[name] = percentile(taken, 95) / percentile(read, 95);
      await client.end();
      await product.stop();
      const asked = Object.entries(paths).map(([name, path]) => [`${name}-statements`, () => ({ path })] as const);
      return { ...measured, ...(await countStatements(folder, Object.fromEntries(asked))) };
    } finally {
      remove();
    }
  },
};
