import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openApp } from '../src/app.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import { quiet, testConfig, testDatabase } from './settings.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A role that may create databases. */
    superuser: pg.ClientConfig;
    /** The migrated database that each test file copies. */
    template: string;
  }
}

/** A PostgreSQL for the whole run: TEST_DATABASE_URL, or an embedded one that forgets everything. */
export default async function setup(project: TestProject) {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? { superuser: { connectionString: given }, close: async () => {} } : await embedded();
  const template = `clientele_test_${process.pid}`;
  await query(server.superuser, `create database ${template}`);

  const database = testDatabase(server.superuser, template);
  const { close } = await openApp(testConfig(), quiet, { supervise: false, database });
  await close();

  project.provide('superuser', server.superuser);
  project.provide('template', template);
  return async () => {
    await query(server.superuser, `drop database if exists ${template} with (force)`);
    await server.close();
  };
}

async function embedded() {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  chmodSync(folder, 0o755);
  const { superuser, close } = await openEmbedded(folder, [
    '-c',
    'fsync=off',
    '-c',
    'synchronous_commit=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'autovacuum=off',
  ]);
  return {
    superuser,
    async close() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query(connection: pg.ClientConfig, text: string) {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(text);
  await client.end();
}
