import { afterAll, beforeAll, inject } from 'vitest';
import { jobs, openApp } from '../src/app.ts';
import { startServer } from '../src/server.ts';
import type { Log } from '../src/platform/log.ts';
import type { World } from './app.ts';
import { testConfig, testDatabase } from './settings.ts';

/** The database of a world behind another server, every line of whose log is kept. */
export function useLogged(quiet: World, openLog: (write: (line: string) => void) => Log) {
  const world = {} as World;
  const lines: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const log = openLog((line) => void lines.push(line));
    const [row] = await quiet.sql('select current_database() as name');
    const open = await openApp(testConfig(), log, {
      supervise: false,
      clock: quiet.app.clock,
      database: testDatabase(inject('superuser'), String(row?.['name'])),
    });
    const server = await startServer(open.app);
    closers.push(
      () => server.close(),
      () => open.close(),
    );
    const runJobs = () => open.app.queue.drain(open.app, jobs);
    Object.assign(world, {
      ...quiet,
      app: open.app,
      url: `http://127.0.0.1:${server.port}`,
      runJobs,
      mails: (to?: string) => runJobs().then(() => quiet.mails(to)),
    });
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });
  return { world, lines };
}
