import pg from 'pg';
import { pino } from 'pino';
import { openApp } from '../src/app.ts';
import { readConfig } from '../src/platform/config.ts';
import { startServer } from '../src/server.ts';
import type { Benchmark } from './benchmarks.ts';
import { logIn } from './latency.ts';
import { berlin, emptyFolder, PASSWORD, SECRET, startProduct } from './product.ts';

const DEMO = 'anna.bergmann@example.org';

/** A request of a customer of the demo shop; the body is a document. */
export interface Asked {
  method?: string;
  path: string;
  type?: string;
  attributes?: object;
}

const address = { ...berlin, iso2Code: 'DE', isDefaultShipping: false, isDefaultBilling: false };

/** Each is sent twice and counted the second time: names differ, as a change that changes nothing is none. */
const requests: Readonly<Record<string, { what: string; most: number; ask(time: number): Asked }>> = {
  'read-statements': { what: '`GET /customers/{ref}`', most: 2, ask: () => ({ path: '/customers/DEMO--1' }) },
  'update-statements': {
    what: '`PATCH /customers/{ref}`',
    most: 3,
    ask: (time) => ({
      method: 'PATCH',
      path: '/customers/DEMO--1',
      type: 'customers',
      attributes: { firstName: ['Anna', 'Berta'][time] },
    }),
  },
  'address-statements': {
    what: '`POST /customers/{ref}/addresses`',
    most: 4,
    ask: () => ({ method: 'POST', path: '/customers/DEMO--1/addresses', type: 'addresses', attributes: address }),
  },
  'sign-in-statements': {
    what: '`POST /access-tokens`',
    most: 2,
    ask: () => ({
      method: 'POST',
      path: '/access-tokens',
      type: 'access-tokens',
      attributes: { username: DEMO, password: PASSWORD },
    }),
  },
};

const each = <Value>(value: (request: (typeof requests)[string]) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(requests).map(([name, request]) => [name, value(request)]));

export const statements: Benchmark = {
  name: 'statements',
  what: each(({ what }) => `SQL statements of ${what}`),
  bar: each(({ most }) => most),
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    try {
      // Production's passwords first.
      await (await startProduct(folder, { RUN_JOBS: 'false' })).stop();
      return await countStatements(
        folder,
        each(({ ask }) => ask),
      );
    } finally {
      remove();
    }
  },
};

/** How many statements requests take, counted where they leave: the product runs in this process for it. */
export async function countStatements(
  folder: string,
  asked: Readonly<Record<string, (time: number) => Asked>>,
): Promise<Record<string, number>> {
  let sent = 0;
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    sent += 1;
    return Reflect.apply(query, this, args);
  } as typeof query;
  const config = readConfig({ DATA_DIR: folder, PORT: '0', DEMO_DATA: 'false', LOG_LEVEL: 'silent', SECRET });
  const { app, close } = await openApp(config, pino({ level: 'silent' }), { supervise: false });
  const server = await startServer(app);
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const headers = await logIn(url, 'access-tokens', DEMO);
    const counts: Record<string, number> = {};
    for (const [name, ask] of Object.entries(asked)) {
      // The first one also reads what is remembered afterwards.
      await send(url, headers, ask(0));
      sent = 0;
      await send(url, headers, ask(1));
      counts[name] = sent;
    }
    return counts;
  } finally {
    pg.Client.prototype.query = query;
    await server.close();
    await close();
  }
}

async function send(url: string, headers: Record<string, string>, { method = 'GET', path, type, attributes }: Asked) {
  const body = attributes && JSON.stringify({ data: { type, attributes } });
  const own = type === 'access-tokens' ? { accept: '*/*' } : headers;
  const answer = await fetch(url + path, { method, headers: own, ...(body ? { body } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
}
