import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { transact } from '../app.ts';
import { isDatabaseAway } from './errors.ts';

const world = useApp();

test('a connection that breaks within a transaction fails that transaction alone', async () => {
  const broken = transact(world.app, async ({ db }) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
    await world.sql('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    // It says so while nothing is asked of it, when nobody waits for an answer that could fail.
    await new Promise((resolve) => setImmediate(resolve));
    await sql`select 1`.execute(db);
  });

  expect(isDatabaseAway(await broken.catch((error: unknown) => error))).toBe(true);
  expect((await sql`select 1 as one`.execute(world.app.db)).rows).toEqual([{ one: 1 }]);
});
