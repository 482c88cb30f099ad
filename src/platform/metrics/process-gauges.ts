import { collectDefaultMetrics, Counter, Gauge, type Registry } from 'prom-client';
import type { App } from '../app.ts';
import type { GateLoad } from '../crypto/gate.ts';
import { poolOf } from '../database/open.ts';
import type { PoolLoad } from '../database/pool.ts';

/** Adds what this process knows without asking anyone: event loop, memory, hash lanes, connections. Read when scraped. */
export function addProcessGauges({ metrics: { registry }, hasher, db, queue }: App): void {
  collectDefaultMetrics({ register: registry });
  addLanes(registry, hasher.lanes);
  addPools(registry, { requests: () => poolOf(db)?.load(), jobs: () => queue.load() });
}

function addLanes(registry: Registry, lanes: App['hasher']['lanes']): void {
  const registers = [registry];
  const labelNames = ['lane'] as const;
  const each = (set: (lane: string, load: GateLoad) => void) => {
    for (const [lane, gate] of Object.entries(lanes)) set(lane, gate.load());
  };
  const gauge = (name: string, help: string, read: (load: GateLoad) => number) =>
    new Gauge({
      name: `clientele_password_hashes_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        each((lane, load) => this.set({ lane }, read(load)));
      },
    });
  const counter = (name: string, help: string, read: (load: GateLoad) => number) =>
    new Counter({
      name: `clientele_password_hashes_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        each((lane, load) => this.inc({ lane }, read(load)));
      },
    });
  gauge('waiting', 'Password hashes that wait for their turn, by lane', ({ waiting }) => waiting);
  gauge('running', 'Password hashes being computed, by lane', ({ running }) => running);
  counter(
    'refused_total',
    'Password hashes refused with 503, as too many waited or one waited too long, by lane',
    ({ refused }) => refused,
  );
}

function addPools(registry: Registry, pools: Readonly<Record<string, () => PoolLoad | undefined>>): void {
  const gauge = (name: string, help: string, read: (load: PoolLoad) => number) =>
    new Gauge({
      name: `clientele_database_${name}`,
      help,
      labelNames: ['pool'] as const,
      registers: [registry],
      collect() {
        for (const [pool, loadOf] of Object.entries(pools)) {
          const load = loadOf();
          if (load) this.set({ pool }, read(load));
        }
      },
    });
  gauge('connections', 'Open database connections, by pool', ({ total }) => total);
  gauge('connections_idle', 'Open database connections that nobody uses, by pool', ({ idle }) => idle);
  gauge(
    'connections_waiting',
    'Statements and transactions that wait for a connection, by pool',
    (load) => load.waiting,
  );
  gauge('connections_max', 'Database connections there may be, by pool', ({ size }) => size);
}
