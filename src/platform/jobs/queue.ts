import { fromKysely, PgBoss } from 'pg-boss';
import { type App, transact } from '../app.ts';
import { stopwatch } from '../clock.ts';
import type { DatabaseAddress } from '../database/address.ts';
import { isConflict, isDatabaseAway } from '../database/errors.ts';
import { limitTime } from '../database/limit-time.ts';
import type { Db } from '../database/open.ts';
import type { PoolLoad, PoolOptions } from '../database/pool.ts';
import { openQueueDatabase } from '../database/queue-database.ts';
import { errorText, type Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { traceJob } from '../tracing.ts';
import type { AnyJob, Queued } from './job.ts';
import { LEASE_SECONDS, openLeases, RENEWAL_MS } from './leases.ts';
import { openOutage } from './outage.ts';
import { type ComposedJob, isConnected, pingQueue, takeOverJobs } from './queries.ts';

/** Where jobs go that failed for good; `clientele jobs:failed` lists them. */
const DEAD_LETTERS = 'dead-letters';

/** Retries after 5 s, 10 s, 20 s … at most an hour apart: eleven tries, about four hours in all. */
const RETRIES = { retryLimit: 11, retryDelay: 5, retryBackoff: true, retryDelayMax: 3600, expireInSeconds: 120 };

/** The name by which connections of processes that work jobs are known. */
const WORKER = 'clientele jobs';

/** Four jobs of a kind at once, as each may hold a database connection while a mail server thinks; no pause while there are more. */
const BUSY = { localConcurrency: 2, batchSize: 2, burstWhenBatchFull: true };

export interface FailedJob {
  id: string;
  name: string;
  payload: object;
  failedAt: Date;
  reason: string;
}

export interface Queue {
  add(db: Db, name: string, payloads: readonly object[]): Promise<void>;
  /** What `add` would send for one job, for a statement that queues it along with a change. */
  compose(job: Queued): Promise<ComposedJob>;
  /** Works these jobs until `close`, beside other processes that do the same. */
  work(app: App, jobs: readonly AnyJob[]): Promise<void>;
  /** Runs what is queued now, and what that queues, in this call; for tests and short-lived commands. */
  drain(app: App, jobs: readonly AnyJob[]): Promise<number>;
  /** Whether a process works jobs now: a server, unless it leaves them to others, or `clientele work`. */
  isWorked(db: Db): Promise<boolean>;
  /** Jobs that gave up. */
  failed(): Promise<FailedJob[]>;
  /** Puts every job that gave up back in its queue; their number. */
  retryFailed(): Promise<number>;
  /** Connections of the queue itself. */
  load(): PoolLoad;
  /** Rejects when the queue's own connections do not reach it. */
  ping(): Promise<void>;
  /** Lets running jobs finish. */
  close(): Promise<void>;
}

/**
 * Opens the job queue: pg-boss on the application's database.
 *
 * @param supervise whether this process also looks after the queue (expiry, retries, schedules)
 */
export async function openQueue(
  address: DatabaseAddress,
  log: Log,
  options: {
    jobs: readonly AnyJob[];
    supervise: boolean;
    shutdownSeconds: number;
    pool: Omit<PoolOptions, 'name' | 'size' | 'pooled'>;
    /** Counts the runs of jobs. */
    metrics?: Pick<Metrics, 'jobStarted' | 'jobEnded'>;
  },
): Promise<Queue> {
  const name = options.supervise ? WORKER : 'clientele queue';
  const database = openQueueDatabase(address, { ...options.pool, name, size: 4, pooled: false }, log);
  const outage = openOutage(log, isAway);
  const boss = new PgBoss({
    db: { ...database, executeSql: outage.guard(database.executeSql) },
    supervise: options.supervise,
    schedule: options.supervise,
    useListenNotify: options.supervise,
  });
  boss.on('error', (error) => {
    // The outage itself is logged once; what pg-boss emits is no Error, so its kind is looked up on one.
    const isLogged = outage.isOn || isAway(Object.assign(new Error(error.message), error));
    log[isLogged ? 'debug' : 'warn']({ error: error.message }, 'job queue');
  });
  boss.on('warning', ({ message }) => log.debug({ message }, 'job queue'));
  try {
    await boss.start();
    await createQueues(boss, options.jobs);
  } catch (error) {
    // What has started of it would keep the process alive.
    await boss.stop({ graceful: false }).catch(() => undefined);
    await database.pool.end();
    throw error;
  }
  const leases = openLeases(boss, log);
  let rescue: NodeJS.Timeout | undefined;

  /** Runs jobs side by side, one that fails without the others; the number that were done. */
  async function runAll(
    name: string,
    batch: readonly { id: string; data: unknown }[],
    start: (data: unknown, id: string) => Promise<void>,
  ) {
    const ends = await Promise.all(
      batch.map(async ({ id, data }) => {
        const elapsed = stopwatch();
        options.metrics?.jobStarted(name);
        try {
          await leases.during(name, id, () => traceJob(name, () => runOne(log, name, id, () => start(data ?? {}, id))));
          options.metrics?.jobEnded(name, 'completed', elapsed());
        } catch (error) {
          options.metrics?.jobEnded(name, 'failed', elapsed());
          await boss.fail(name, id, { message: errorText(error) });
          return false;
        }
        // What is done leaves nothing behind: payloads may be personal.
        await boss.deleteJob(name, id);
        return true;
      }),
    );
    return ends.filter(Boolean).length;
  }

  return {
    async add(db, name, payloads) {
      // The adapter wants only `executeQuery`, which a transaction and a plain connection share.
      const inTransaction = { db: fromKysely(db) };
      if (payloads.length === 1) await boss.send(name, payloads[0], inTransaction);
      else
        await boss.insert(
          name,
          payloads.map((data) => ({ data })),
          inTransaction,
        );
    },

    async compose({ name, payload }) {
      let composed: ComposedJob | undefined;
      await boss.send(name, payload, {
        db: {
          executeSql: async (text, values) => {
            composed = { text, values: String(values?.[0]) };
            return { rows: [{ id: '' }] };
          },
        },
      });
      if (!composed) throw new Error(`pg-boss did not queue ${name}`);
      return composed;
    },

    async work(app, jobs) {
      for (const { name, start, schedule } of jobs) {
        await boss.work(
          name,
          {
            pollingIntervalSeconds: 2,
            notifyPollingIntervalSeconds: 2,
            ...(schedule ? { localConcurrency: 1 } : BUSY),
          },
          async (batch) =>
            void (await runAll(name, batch, (data, id) =>
              schedule ? unhurried(app, start, data, id) : start(app, data, id),
            )),
        );
        if (schedule) await boss.schedule(name, schedule);
      }
      rescue ??= keepTakingOver(app, jobs);
    },

    async drain(app, jobs) {
      let done = 0;
      await takeOverJobs(app.db, namesOf(jobs), LEASE_SECONDS);
      for (let busy = true; busy;) {
        busy = false;
        for (const { name, start } of jobs) {
          const batch = await boss.fetch(name, { batchSize: 20 });
          busy ||= batch.length > 0;
          done += await runAll(name, batch, (data, id) => start(app, data, id));
        }
      }
      return done;
    },

    isWorked: (db) => isConnected(db, WORKER),

    async failed() {
      const jobs = await boss.findJobs<{ [key: string]: unknown }>(DEAD_LETTERS, { queued: true });
      return jobs.map(({ id, data, createdOn, sourceName, sourceOutput }) => ({
        id,
        name: sourceName ?? '',
        payload: data,
        failedAt: createdOn,
        reason: reasonOf(sourceOutput),
      }));
    },

    retryFailed: () => boss.redrive(DEAD_LETTERS),

    load: () => database.pool.load(),

    ping: () => pingQueue(database),

    async close() {
      clearInterval(rescue);
      try {
        await boss.stop({ graceful: true, timeout: options.shutdownSeconds * 1000 });
      } finally {
        await database.pool.end();
      }
    },
  };
}

const namesOf = (jobs: readonly AnyJob[]) => jobs.map(({ name }) => name);

/** Looks again and again for jobs of workers that were killed. A look that fails is followed by another one. */
function keepTakingOver({ db, log }: App, jobs: readonly AnyJob[]): NodeJS.Timeout {
  const names = namesOf(jobs);
  return setInterval(() => {
    takeOverJobs(db, names, LEASE_SECONDS).then(
      (count) => count > 0 && log.warn({ count }, 'jobs taken over from a worker that is gone'),
      (error: unknown) => log.debug({ error }, 'no look for jobs of workers that are gone'),
    );
  }, RENEWAL_MS).unref();
}

/** A deadlock is no outage: the statement is tried again. */
const isAway = (error: unknown) => isDatabaseAway(error) && !isConflict(error);

/** Makes the queues that are missing; asking first keeps a start with existing data at one statement. */
async function createQueues(boss: PgBoss, jobs: readonly AnyJob[]) {
  const existing = new Set((await boss.getQueues()).map(({ name }) => name));
  if (!existing.has(DEAD_LETTERS)) await boss.createQueue(DEAD_LETTERS, { retentionSeconds: 90 * 86_400 });
  for (const { name, schedule } of jobs) {
    if (existing.has(name)) continue;
    await boss.createQueue(
      name,
      schedule ? { retryLimit: 0, policy: 'stately' } : { ...RETRIES, deadLetter: DEAD_LETTERS, notify: true },
    );
  }
}

/** What cleans up touches many rows, so its statements take what they take. */
const unhurried = (app: App, start: AnyJob['start'], data: unknown, id: string): Promise<void> =>
  transact(app, async (app) => {
    await limitTime(app.db, 0);
    await start(app, data, id);
  });

async function runOne(log: Log, name: string, id: string, run: () => Promise<void>) {
  try {
    await run();
    log.debug({ job: name, id }, 'job done');
  } catch (error) {
    log.warn({ job: name, id, error: errorText(error) }, 'job failed');
    throw error;
  }
}

function reasonOf(output: unknown): string {
  if (typeof output === 'object' && output !== null && 'message' in output) return String(output.message);
  return output === null || output === undefined ? '' : JSON.stringify(output);
}
