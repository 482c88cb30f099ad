import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { type Config, readConfig } from '../src/platform/config.ts';
import type { DatabaseAddress } from '../src/platform/database/address.ts';
import { type Database, openPool, poolOptions } from '../src/platform/database/open.ts';

export const quiet = pino({ level: 'silent' });

/** Settings of a test: cheap hashes, no padding of refusals, demo data off. */
export function testConfig(settings: Record<string, string> = {}): Config {
  return readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    PUBLIC_URL: 'http://shop.test',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'clientele-data-')),
    SECRET: 'a secret of at least thirty-two characters',
    DEMO_DATA: 'false',
    LOG_LEVEL: 'silent',
    ARGON2_MEMORY_KIB: '64',
    ARGON2_PASSES: '1',
    HASHING_PROCESSES: '0',
    SIGN_IN_REFUSAL_MS: '0',
    DATABASE_POOL_SIZE: '6',
    // Machines that run tests are busy; what is about waiting sets its own limits.
    DATABASE_CONNECT_TIMEOUT_MS: '20000',
    DATABASE_SILENCE_MS: '10000',
    ...settings,
  });
}

/** A database of the test server by name. */
export function testDatabase(superuser: pg.ClientConfig, name: string, config = testConfig()): Database {
  const connection: DatabaseAddress = superuser.connectionString
    ? { connectionString: Object.assign(new URL(superuser.connectionString), { pathname: `/${name}` }).href }
    : { ...superuser, database: name };
  return { ...openPool(connection, poolOptions(config), quiet), connection, embedded: false };
}
