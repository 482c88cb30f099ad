import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../../domain/customers/index.ts';
import { overloaded } from '../problem.ts';
import { gate } from './gate.ts';

/** A task that ends when it is told to. */
function task<T>(result: T) {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let started = false;
  return {
    run: () => {
      started = true;
      return promise;
    },
    end: () => resolve(result),
    fail: () => reject(new Error('failed')),
    get started() {
      return started;
    },
  };
}

/** Lets everything go on that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('so many tasks run at once, the others in the order in which they came', async () => {
  const pass = gate({ running: 2, waiting: 10 });
  const tasks = ['a', 'b', 'c', 'd'].map(task);
  const ends = tasks.map(({ run }) => pass(run));
  const started = () => tasks.map((one) => one.started);
  await settle();
  expect(started()).toEqual([true, true, false, false]);

  tasks[1]?.end();
  await settle();
  expect(started()).toEqual([true, true, true, false]);
  for (const one of tasks) one.end();
  expect(await Promise.all(ends)).toEqual(['a', 'b', 'c', 'd']);
});

test('one more than may wait is refused at once', async () => {
  const pass = gate({ running: 1, waiting: 1 });
  const tasks = [task(1), task(2), task(3)];
  const ends = tasks.map(({ run }) => pass(run).catch((error: unknown) => error));

  expect(await ends[2]).toMatchObject({ message: 'overloaded' });
  expect(tasks[2]?.started).toBe(false);
  for (const one of tasks) one.end();
  expect(await Promise.all(ends.slice(0, 2))).toEqual([1, 2]);
});

test('a task that fails leaves its place to the next', async () => {
  const pass = gate({ running: 1, waiting: 1 });
  const [first, second] = [task(1), task(2)];
  const ends = [pass(first.run).catch(() => 'failed'), pass(second.run)];

  first.fail();
  second.end();
  expect(await Promise.all(ends)).toEqual(['failed', 2]);
  await expect(pass(async () => 3)).resolves.toBe(3);
});

test('nobody slips in between a task that ended and the next in the queue', async () => {
  const pass = gate({ running: 1, waiting: 2 });
  const [first, second, third] = [task(1), task(2), task(3)];
  const ends = [pass(first.run), pass(second.run)];
  first.end();
  ends.push(pass(third.run));
  await settle();

  expect([second.started, third.started]).toEqual([true, false]);
  second.end();
  third.end();
  expect(await Promise.all(ends)).toEqual([1, 2, 3]);
});

test('whoever has waited too long is refused, and the others keep their order', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const pass = gate({ running: 1, waiting: 3, patienceMs: 1000 });
  const [first, early, late] = [task(1), task(2), task(3)];
  const ends = [pass(first.run), pass(early.run).catch((error: unknown) => error)];
  vi.advanceTimersByTime(600);
  ends.push(pass(late.run));
  vi.advanceTimersByTime(600);

  expect(await ends[1]).toMatchObject({ message: 'overloaded' });
  first.end();
  late.end();
  expect([await ends[0], await ends[2]]).toEqual([1, 3]);
  expect(early.started).toBe(false);
});

test('networks take turns, each in the order of arrival', async () => {
  const pass = gate({ running: 1, waiting: 10 });
  const order: string[] = [];
  const first = task('first');
  const running = pass(first.run);
  const waiting = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map((name) =>
    pass(async () => void order.push(name), { network: name.charAt(0) }),
  );

  first.end();
  await Promise.all([running, ...waiting]);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('a network that fills the queue leaves room for others, and loses its newest tasks', async () => {
  const pass = gate({ running: 1, waiting: 3 });
  const first = task('first');
  const running = pass(first.run);
  const ask = (name: string) =>
    pass(async () => name, { network: name.charAt(0) }).catch((error: unknown) => overloaded.is(error) && 'refused');
  const asked = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'd1'].map(ask);
  await settle();

  first.end();
  await running;
  expect(await Promise.all(asked)).toEqual(['a1', 'refused', 'refused', 'refused', 'b1', 'c1', 'refused']);
});

test('a task learns how long it waited, if it did', async () => {
  const pass = gate({ running: 1, waiting: 3 });
  const waits: string[] = [];
  const first = task('first');
  const ends = ['first', 'second'].map((name) =>
    pass(name === 'first' ? first.run : async () => name, { onWait: () => void waits.push(name) }),
  );

  first.end();
  await Promise.all(ends);
  expect(waits).toEqual(['second']);
});

const world = useApp({ HASHING_QUEUE: '1' });

/** Fills every place there is to run and to wait while `work` is done. */
async function whileFull<T>(work: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const places = Array.from({ length: availableParallelism() + 1 }, () => world.app.hasher.lanes.signIn(() => promise));
  try {
    return await work();
  } finally {
    resolve();
    await Promise.all(places);
  }
}

async function customer() {
  const { id, email } = await registerCustomer(world.app, somebody());
  await world.sql('update customer set verified_at = created_at where id = $1', [id]);
  return email;
}

test('log-ins that find the queue full answer 503 and may come again', async () => {
  const email = await customer();
  const post = () => api(world, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } });

  const { status, headers, json } = await whileFull(post);

  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('2');
  expect(json.errors).toEqual([{ detail: 'Service is busy. Please try again later.', status: 503 }]);
  expect((await post()).status).toBe(201);
});

test('pages that find the queue full say so and may come again', async () => {
  const email = await customer();
  const submit = () => browser(world).submit('/login', 'loginForm', { email, password: PASSWORD });

  const { status, headers, html } = await whileFull(submit);

  expect(status).toBe(503);
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
  expect(html).toContain('<h1>');
  expect((await submit()).status).toBe(302);
});
