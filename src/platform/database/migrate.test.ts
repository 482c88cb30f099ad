import { expect, inject, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { quiet, testConfig, testDatabase } from '../../../test/settings.ts';
import { openApp } from '../../app.ts';

const world = useApp();

test('a program on the database of a newer one is refused in words, and changes nothing', async () => {
  await world.sql("insert into kysely_migration (name, timestamp) values ('9999_later', now()::text)");
  const [row] = await world.sql('select current_database() as name');
  const database = testDatabase(inject('superuser'), String(row?.['name']));

  const reason = await openApp(testConfig(), quiet, { supervise: false, database }).catch(
    (error) => error.details.reason,
  );

  expect(reason).toMatch(/^The database belongs to a newer version of Clientele: it has 9999_later, /);
});
