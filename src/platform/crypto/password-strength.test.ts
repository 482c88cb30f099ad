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

test('one network may have all the places that others do not need, and networks take turns', async () => {
  const ask = (network: string, count: number) => {
    const results = Array.from({ length: count }, () => estimator.estimate('aaa', [], network));
    return Promise.allSettled(results);
  };
  const refused = (results: PromiseSettledResult<number>[]) =>
    results.filter((result) => result.status === 'rejected' && overloaded.is(result.reason)).length;
  const order: string[] = [];
  const asked = (network: string, count: number) => ask(network, count).finally(() => order.push(network));

  const [storefront, visitor] = await Promise.all([asked('198.51.100.1', 101), asked('198.51.100.2', 2)]);

  // One is estimated and a hundred wait: the two of the visitor take the places of the newest two of the others.
  expect([refused(storefront), refused(visitor)]).toEqual([2, 0]);
  expect(order).toEqual(['198.51.100.2', '198.51.100.1']);
});

test('what is being estimated while the thread ends is refused, and what waits goes on', async () => {
  const estimates = Promise.allSettled([estimator.estimate('aaa', []), estimator.estimate('aaa', [])]);

  await estimator.close();

  expect((await estimates).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('a thread that was ended is started again for the next password', async () => {
  await estimator.close();

  expect(await estimator.estimate('password', [])).toBeLessThan(2);
});
