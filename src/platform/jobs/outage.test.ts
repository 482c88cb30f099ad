import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openOutage } from './outage.ts';

/** A database that is away or not, in a time of its own. */
function setUp() {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(String(JSON.parse(line).msg)) });
  const state = { now: 0, isAway: true, tries: 0 };
  const outage = openOutage(
    log,
    (error) => error === 'away',
    () => state.now,
  );
  const execute = outage.guard(async (text) => {
    state.tries += 1;
    if (state.isAway) throw 'away';
    if (text === 'wrong') throw 'wrong';
    return 'done';
  });
  /** Thirty workers that ask every two seconds. */
  const poll = async (seconds: number) => {
    for (const end = state.now + seconds * 1000; state.now < end; state.now += 2000)
      await Promise.allSettled(Array.from({ length: 30 }, () => execute('fetch')));
  };
  return { state, lines, execute, poll, outage };
}

test('while the database is away it is tried seldom, and said once', async () => {
  const { state, lines, poll } = setUp();

  await poll(60);
  const first = state.tries;
  await poll(600);

  expect(lines).toEqual(['job queue: the database is away, jobs wait']);
  // The thirty that were under way, then one every ten seconds.
  expect(state.tries - first).toBeLessThanOrEqual(61);
});

test('it is found again within ten seconds, and that is said once too', async () => {
  const { state, lines, poll, execute, outage } = setUp();
  await poll(120);
  state.isAway = false;

  state.now += 10_000;
  expect(await execute('fetch')).toBe('done');
  await poll(10);

  expect(outage.isOn).toBe(false);
  expect(lines).toEqual(['job queue: the database is away, jobs wait', 'job queue: the database is back']);
});

test('pauses grow from half a second', async () => {
  const { state, execute } = setUp();
  const tries: number[] = [];
  for (; state.now < 30_000; state.now += 100) {
    const before = state.tries;
    await execute('fetch').catch(() => undefined);
    if (state.tries > before) tries.push(state.now);
  }

  expect(tries).toEqual([0, 500, 1500, 3500, 7500, 15_500, 25_500]);
});

test('an answer that is an error is no outage', async () => {
  const { state, execute, lines, outage } = setUp();
  state.isAway = false;

  await expect(execute('wrong')).rejects.toBe('wrong');

  expect(outage.isOn).toBe(false);
  expect(lines).toEqual([]);
});
