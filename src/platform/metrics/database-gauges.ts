import { setTimeout as after } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { App } from '../app.ts';
import { limitTime } from '../database/limit-time.ts';
import type { Db } from '../database/open.ts';
import { inTransaction } from '../database/transaction.ts';

/** Gauges that one statement of a domain fills. */
export interface DatabaseGauges {
  /** Names with what they say and their labels. */
  readonly gauges: Readonly<Record<string, { help: string; labels: readonly string[] }>>;
  read(db: Db, now: Date): Promise<readonly Sample[]>;
}

export interface Sample {
  /** One of the names in `gauges`; values with the same labels are added up. */
  gauge: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Milliseconds for which one reading answers every scrape: two Prometheus servers ask the database once. */
const FRESH_MS = 5000;
/** Milliseconds a scrape waits for the database; Prometheus itself waits 10 seconds for everything. */
const PATIENCE_MS = 2000;

/**
 * Adds gauges that the database knows. They are read by the function returned, before a scrape, and are absent while
 * the database does not answer: an old number would look like a true one.
 */
export function addDatabaseGauges(app: App, sources: readonly DatabaseGauges[]) {
  const { registry } = app.metrics;
  const up = new Gauge({
    name: 'clientele_database_up',
    help: `Whether the database answered the statements of this scrape within ${PATIENCE_MS / 1000} seconds`,
    registers: [registry],
  });
  const gauges = new Map(sources.flatMap((source) => makeGauges(registry, source)));

  async function readAll(): Promise<{ samples: readonly Sample[] }> {
    const samples = await inTransaction(app.db, async (db) => {
      await limitTime(db, PATIENCE_MS);
      const found: Sample[] = [];
      for (const { read } of sources) found.push(...(await read(db, app.now())));
      return found;
    });
    return { samples };
  }

  function show(samples: readonly Sample[] | undefined) {
    for (const gauge of gauges.values()) gauge.reset();
    for (const { gauge, labels, value } of samples ?? []) gauges.get(gauge)?.inc(labels, value);
    up.set(samples ? 1 : 0);
  }

  /** Brings the gauges up to date. Never throws, and returns after the patience at the latest. */
  return async function read(): Promise<void> {
    const late = new AbortController();
    // One reading at a time: a database that hangs is not asked once more by each scrape.
    const reading = app.memory.recall('database gauges', FRESH_MS, readAll).catch((error: unknown) => {
      app.log.debug({ error }, 'gauges not read');
      return undefined;
    });
    const timeout = after(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined);
    const found = await Promise.race([reading, timeout]);
    late.abort();
    show(found?.samples);
  };
}

const makeGauges = (registry: Registry, { gauges }: DatabaseGauges) =>
  Object.entries(gauges).map(
    ([name, { help, labels }]) =>
      [name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] })] as const,
  );
