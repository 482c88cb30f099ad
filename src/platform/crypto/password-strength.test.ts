import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { quiet } from '../../../test/settings.ts';
import { overloaded } from '../problem.ts';
import { openStrengthEstimator } from './password-strength.ts';

const estimator = openStrengthEstimator(quiet);
afterAll(estimator.close);

/** Passwords that took the estimate up to 1.2 s: many ways to read digits as letters, dates and repetitions. */
const costly = [
  '@4(3!0$7'.repeat(16),
  '19982001'.repeat(16),
  'p4ssw0rdP@$$W0RD'.repeat(8),
  '8/9/1987-12-31.'.repeat(8),
];

test('the event loop turns while a password is estimated', async () => {
  let turns = 0;
  let running = true;
  const estimates = Promise.all(costly.map((password) => estimator.estimate(password, []))).finally(
    () => (running = false),
  );
  while (running) {
    await turn();
    turns += 1;
  }

  expect(await estimates).toHaveLength(costly.length);
  // An estimate on the event loop would let it turn about once each.
  expect(turns).toBeGreaterThan(50);
});

test('more characters than are estimated do not make a password weaker, and words that are known do', async () => {
  const long = await estimator.estimate('k9Vq!x2mT#bz'.padEnd(200_000, ' '), ['x'.repeat(200_000)]);
  const named = await estimator.estimate('Windrose-Quarz-7', ['windrose', 'quarz']);

  expect(long).toBeGreaterThan(12);
  expect(named).toBeLessThan(await estimator.estimate('Windrose-Quarz-7', []));
});

test('so many may wait from one network, and so many altogether', async () => {
  const ask = (network: string, count: number) =>
    Promise.allSettled(Array.from({ length: count }, () => estimator.estimate('aaa', [], network)));
  const refused = (results: PromiseSettledResult<number>[]) =>
    results.filter((result) => result.status === 'rejected' && overloaded.is(result.reason)).length;

  const [flood, other] = await Promise.all([ask('198.51.100.1', 40), ask('198.51.100.2', 1)]);
  expect([refused(flood), refused(other)]).toEqual([15, 0]);
  const many = await Promise.all(Array.from({ length: 6 }, (_, at) => ask(`198.51.100.${at}`, 25)));
  expect(refused(many.flat())).toBe(50);
});

test('a thread that was ended is started again for the next password', async () => {
  await estimator.close();

  expect(await estimator.estimate('password', [])).toBeLessThan(2);
});
