import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { openPrimary, openStandby, type PostgresServer } from './postgres-server.ts';
import { openProxy, type Proxy } from './proxy.ts';
import { openRouter, type Router } from './router.ts';

/** A running Clientele. */
export interface Instance {
  url: string;
  /** SIGTERM, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface DrillResult {
  /** Answers by status, over all rounds. */
  statuses: Record<string, number>;
  /** Registrations that were acknowledged, and those of them that the database does not have. */
  acknowledged: number;
  lost: string[];
  /** Milliseconds from the end of the promotion until every instance took a registration, by round. */
  backAfterMs: number[];
  /** The same after a read-only interlude. */
  writableAfterMs: number[];
  /** Requests that were not answered as they should during rolling restarts. */
  failedInRestart: string[];
}

interface Registration {
  status: number;
  email: string;
}

let count = 0;

async function register(url: string): Promise<Registration> {
  count += 1;
  const email = `drill.${process.pid}.${count}@example.org`;
  const password = 'Change!23456-drill';
  const attributes = {
    email,
    firstName: 'Ida',
    lastName: 'Noor',
    gender: 'Female',
    salutation: 'Ms',
    password,
    confirmPassword: password,
    acceptedTerms: true,
  };
  const status = await fetch(`${url}/customers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: { type: 'customers', attributes } }),
  }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
  return { status, email };
}

/** Registers through each instance until it is acknowledged; the milliseconds that took. */
async function untilWritable(instances: readonly Instance[], note: (registration: Registration) => void) {
  const started = performance.now();
  await Promise.all(
    instances.map(async ({ url }) => {
      for (;;) {
        const registration = await register(url);
        note(registration);
        if (registration.status === 201) return;
        await pause(10);
      }
    }),
  );
  return Math.round(performance.now() - started);
}

/** The standby confirms every commit from now on, so that nothing acknowledged dies with the primary. */
async function confirmByStandby(primary: PostgresServer) {
  await primary.sql("alter system set synchronous_standby_names = '*'");
  await primary.sql('select pg_reload_conf()');
  while ((await primary.sql("select from pg_stat_replication where sync_state = 'sync'")).length === 0) await pause(20);
}

interface Scene {
  primary: PostgresServer;
  standby: PostgresServer;
  /** The address that follows the primary, as DNS or a virtual address would. */
  address: Proxy;
  instances: Instance[];
  router: Router;
}

/**
 * Two instances, one that names both database servers and one behind an address that moves; each round the database
 * becomes read-only for a while, its primary is killed and its standby promoted, and the instances are restarted in turn.
 */
export async function failOverDrill(options: {
  rounds: number;
  start(databaseUrl: string): Promise<Instance>;
  log(line: string): void;
  /** Milliseconds before each round in which instances that just started load what the first email needs. */
  warmUpMs?: number;
}): Promise<DrillResult> {
  const { rounds, start, log, warmUpMs = 200 } = options;
  const result: DrillResult = {
    statuses: {},
    acknowledged: 0,
    lost: [],
    backAfterMs: [],
    writableAfterMs: [],
    failedInRestart: [],
  };
  const acknowledged: string[] = [];
  let isRestarting = false;
  const note = ({ status, email }: Registration) => {
    result.statuses[status] = (result.statuses[status] ?? 0) + 1;
    if (status === 201) acknowledged.push(email);
    else if (isRestarting) result.failedInRestart.push(`${status} ${email}`);
  };

  const primary = await openPrimary();
  const standby = await openStandby(primary);
  await confirmByStandby(primary);
  const address = await openProxy({ host: '127.0.0.1', port: primary.port });
  const scene: Scene = { primary, standby, address, instances: [], router: await openRouter([]) };
  const urls = () => [
    `postgresql://postgres@127.0.0.1:${scene.primary.port},127.0.0.1:${scene.standby.port}/clientele?target_session_attrs=read-write`,
    `postgresql://postgres@127.0.0.1:${address.port}/clientele`,
  ];
  let isLoaded = true;
  const load: Promise<void>[] = [];
  try {
    for (const url of urls()) scene.instances.push(await start(url));
    scene.router.instances = scene.instances.map(({ url }) => url);
    // The first password takes longer: its process starts.
    await untilWritable(scene.instances, note);
    for (let n = 0; n < 4; n++)
      load.push(
        (async () => {
          while (isLoaded) {
            const registration = await register(scene.router.url);
            note(registration);
            await pause(registration.status === 201 ? 5 : 20);
          }
        })(),
      );

    for (let round = 1; round <= rounds; round++) {
      await pause(warmUpMs);
      await scene.primary.sql('alter system set default_transaction_read_only = on');
      await scene.primary.sql('select pg_reload_conf()');
      await pause(300);
      await scene.primary.sql('alter system reset default_transaction_read_only');
      await scene.primary.sql('select pg_reload_conf()');
      result.writableAfterMs.push(await untilWritable(scene.instances, note));

      await failOver(scene);
      result.backAfterMs.push(await untilWritable(scene.instances, note));

      scene.standby = await openStandby(scene.primary);
      await confirmByStandby(scene.primary);
      isRestarting = true;
      for (const [n, url] of urls().entries()) await restart(scene, n, () => start(url));
      isRestarting = false;
      log(
        `round ${round}: writable again after ${result.writableAfterMs.at(-1)} ms, back ${result.backAfterMs.at(-1)} ms after promotion, ` +
          `${acknowledged.length} acknowledged, ${result.failedInRestart.length} failed in restarts, ${JSON.stringify(result.statuses)}`,
      );
    }
  } finally {
    isLoaded = false;
    await Promise.all(load);
    const stored = await emails(scene.primary);
    result.lost = acknowledged.filter((email) => !stored.has(email));
    result.acknowledged = acknowledged.length;
    await Promise.all(scene.instances.map((instance) => instance.stop()));
    await scene.router.close();
    await address.close();
    await Promise.all([scene.primary.destroy(), scene.standby.destroy()]);
  }
  return result;
}

/** Kills the primary as a power cut would, and promotes the standby. */
async function failOver(scene: Scene) {
  await scene.primary.destroy();
  await scene.standby.sql('select pg_promote()');
  scene.address.target = { host: '127.0.0.1', port: scene.standby.port };
  scene.primary = scene.standby;
}

/** Starts the successor, then stops the instance, as rolling updates do. */
async function restart(scene: Scene, n: number, start: () => Promise<Instance>) {
  const successor = await start();
  const old = scene.instances[n];
  scene.instances[n] = successor;
  scene.router.instances.push(successor.url);
  await old?.stop();
  scene.router.instances = scene.instances.map(({ url }) => url);
}

async function emails(server: PostgresServer): Promise<Set<unknown>> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ email: string }>('select email from customer');
  await client.end();
  return new Set(rows.map(({ email }) => email));
}
