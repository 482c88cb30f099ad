import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { failOverDrill, type Instance } from '../test/fail-over-drill.ts';
import { postgresMissing } from '../test/postgres-server.ts';
import { quiet, testConfig } from '../test/settings.ts';
import { jobs, openApp } from './app.ts';
import { startServer } from './server.ts';

/** An instance as `clientele serve` runs one, in this process. */
async function start(databaseUrl: string): Promise<Instance> {
  const config = testConfig({
    DATABASE_URL: databaseUrl,
    DATABASE_CONNECT_TIMEOUT_MS: '2000',
    DATABASE_SILENCE_MS: '1000',
  });
  const { app, close } = await openApp(config, quiet, { supervise: true });
  const server = await startServer(app);
  await app.queue.work(app, jobs);
  return {
    url: `http://127.0.0.1:${server.port}`,
    async stop() {
      server.drain();
      // The router looks every 50 ms.
      await pause(300);
      await server.close();
      await close();
    },
  };
}

describe.skipIf(postgresMissing)(`fail-over ${postgresMissing ?? ''}`, () => {
  test('nothing acknowledged is lost, nothing answers 500, restarts fail no request', async () => {
    const result = await failOverDrill({ rounds: 1, start, log: () => undefined });

    expect(result.acknowledged).toBeGreaterThan(0);
    expect(result.lost).toEqual([]);
    expect(result.failedInRestart).toEqual([]);
    expect(Object.keys(result.statuses).toSorted()).toEqual(['201', '503']);
  }, 60_000);
});
