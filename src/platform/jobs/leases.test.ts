import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { useApp } from '../../../test/app.ts';
import { quiet } from '../../../test/settings.ts';
import { job } from './job.ts';
import { LEASE_SECONDS, RENEWAL_MS } from './leases.ts';
import { poolOptions } from '../database/open.ts';
import { openQueue } from './queue.ts';

const world = useApp();
afterEach(() => void vi.useRealTimers());

/** A queue with one job, whose runs wait to be let go. */
async function slowQueue(name: string) {
  const runs: { id: string; end: () => void }[] = [];
  const slow = job({
    name,
    payload: z.object({}),
    run(_app, _payload, id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      runs.push({ id, end: resolve });
      return promise;
    },
  });
  const queue = await openQueue(world.app.connection, quiet, {
    jobs: [slow],
    supervise: false,
    shutdownSeconds: 1,
    pool: poolOptions(world.app.config),
  });
  await queue.add(world.app.db, name, [{}]);
  const seconds = `select extract(epoch from pgboss.job_now() - heartbeat_on)::float as silent from pgboss.job where name = $1`;
  return {
    runs,
    close: () => queue.close(),
    drain: () => queue.drain(world.app, [slow]),
    silence: async () => Number((await world.sql(seconds, [name]))[0]?.['silent']),
    jobs: () => world.sql('select state, retry_count from pgboss.job where name = $1', [name]),
    /** The worker says nothing for so long. */
    silent: (seconds: number) =>
      world.sql(`update pgboss.job set heartbeat_on = now() - $2 * interval '1 second' where name = $1`, [
        name,
        seconds,
      ]),
  };
}

test('a job that takes long keeps its lease', async () => {
  const { runs, drain, silence, silent, close } = await slowQueue('test.long');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const working = drain();
  await vi.waitFor(() => expect(runs).toHaveLength(1));
  await silent(LEASE_SECONDS - 1);

  vi.advanceTimersByTime(RENEWAL_MS);
  vi.useRealTimers();

  await vi.waitFor(async () => expect(await silence()).toBeLessThan(LEASE_SECONDS - 1));
  runs[0]?.end();
  await working;
  await close();
});

test('a job of a worker that was killed is done by another one as soon as its lease is over, under the same id', async () => {
  const { runs, drain, silent, jobs, close } = await slowQueue('test.killed');
  const killed = drain();
  await vi.waitFor(() => expect(runs).toHaveLength(1));

  await silent(LEASE_SECONDS - 1);
  expect(await drain()).toBe(0);
  await silent(LEASE_SECONDS + 1);
  const again = drain();
  await vi.waitFor(() => expect(runs).toHaveLength(2));

  expect(await jobs()).toEqual([{ state: 'active', retry_count: 1 }]);
  expect(runs[1]?.id).toBe(runs[0]?.id);
  for (const { end } of runs) end();
  await Promise.all([killed, again]);
  expect(await jobs()).toEqual([]);
  await close();
});

test('a job that kills its worker each time is not tried for ever', async () => {
  const { runs, drain, silent, jobs, close } = await slowQueue('test.deadly');
  const killed = drain();
  await vi.waitFor(() => expect(runs).toHaveLength(1));
  await world.sql(`update pgboss.job set retry_count = retry_limit where name = 'test.deadly'`);
  await silent(LEASE_SECONDS + 1);

  expect(await drain()).toBe(0);

  expect(await jobs()).toMatchObject([{ state: 'active' }]);
  runs[0]?.end();
  await killed;
  await close();
});
