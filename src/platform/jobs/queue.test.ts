import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { quiet } from '../../../test/settings.ts';
import { poolOptions } from '../database/open.ts';
import { openQueueDatabase } from '../database/queue-database.ts';
import { openQueue } from './queue.ts';

const world = useApp();

test('a transaction that failed half-way leaves no connection inside of it', async () => {
  const options = { ...poolOptions(world.app.config), name: 'test', size: 1 };
  const database = openQueueDatabase(world.app.connection, options, quiet);
  try {
    await expect(database.executeSql('begin; select 1 / 0; commit')).rejects.toThrow('division by zero');

    expect(await database.executeSql('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] });
  } finally {
    await database.pool.end();
  }
});

test('several processes set up the queue of a new database at once', async () => {
  await world.sql('drop schema pgboss cascade');
  const options = { jobs: [], supervise: false, shutdownSeconds: 1, pool: poolOptions(world.app.config) };

  const queues = await Promise.allSettled([1, 2, 3].map(() => openQueue(world.app.connection, quiet, options)));

  for (const queue of queues) if (queue.status === 'fulfilled') await queue.value.close();
  expect(queues.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
});
