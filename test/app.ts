import { setImmediate as tick } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { jobs, openApp } from '../src/app.ts';
import { type StoredMail, newestMails } from '../src/platform/mail/queries.ts';
import { startServer } from '../src/server.ts';
import type { App } from '../src/platform/app.ts';
import { newId } from '../src/platform/id.ts';
import { quiet, testConfig, testDatabase } from './settings.ts';

/** The product as a test sees it: its own database, a clock that stands still, a server on a free port. */
export interface World {
  app: App;
  /** Where the server listens, http://127.0.0.1:49152 */
  url: string;
  /** The present; each look at it moves it on by a millisecond, so that no two things happen at once. */
  now: Date;
  /** Runs everything that is queued. */
  runJobs(): Promise<number>;
  /** Runs what is queued and returns the mails sent so far, newest first; `to` narrows them to one address. */
  mails(to?: string): Promise<StoredMail[]>;
  /** A statement as the superuser of the test server. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Call at the top of a test file. Tests of a file share the database, so each makes customers of its own. */
export function useApp(settings: Record<string, string> = {}): World {
  const world: Partial<World> & { now: Date } = { now: new Date('2026-01-01T12:00:00Z') };
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const superuser = inject('superuser');
    const name = `${inject('template')}_${newId().slice(-12)}`;
    const admin = new pg.Client(superuser);
    await admin.connect();
    await admin.query(`create database ${name} template ${inject('template')}`);
    closers.push(async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    });

    const clock = {
      now: () => {
        world.now = new Date(world.now.getTime() + 1);
        return world.now;
      },
      // Nobody waits in a test: time passes instead.
      wait: async (milliseconds: number) => {
        world.now = new Date(world.now.getTime() + milliseconds);
        await tick();
      },
    };
    const config = testConfig(settings);
    const database = testDatabase(superuser, name, config);
    const { app, close } = await openApp(config, quiet, { supervise: false, clock, database });
    closers.push(close);
    const server = await startServer(app);
    closers.push(server.close);

    const client = new pg.Client(database.connection);
    client.on('error', () => undefined);
    await client.connect();
    closers.push(() => client.end());
    Object.assign(world, {
      app,
      url: `http://127.0.0.1:${server.port}`,
      runJobs: () => app.queue.drain(app, jobs),
      async mails(to?: string) {
        await app.queue.drain(app, jobs);
        const mails = await newestMails(app.db);
        return to ? mails.filter((mail) => mail.to === to) : mails;
      },
      sql: async (text: string, values: unknown[] = []) =>
        (await client.query(text, values)).rows as Record<string, unknown>[],
    });
  });

  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });
  return world as World;
}
