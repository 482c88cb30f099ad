import { expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { api } from '../../../test/api.ts';
import { somebody } from '../../../test/builders.ts';
import { quiet } from '../../../test/settings.ts';
import { openPool, poolOptions } from '../../platform/database/open.ts';
import { databaseReadiness } from '../../platform/database/readiness.ts';
import { startServer } from '../../server.ts';

const world = useApp();

const readiness = async (url = world.url) => {
  const answer = await fetch(`${url}/health/ready`);
  const retryAfter = answer.headers.get('retry-after');
  return { status: answer.status, retryAfter, body: await answer.json() };
};

test('ready names everything that was proven', async () => {
  expect(await readiness()).toEqual({
    status: 200,
    retryAfter: null,
    body: { status: 'ok', database: 'ok', schema: 'ok', jobs: 'ok' },
  });
});

test('ready wrote something', async () => {
  await readiness();
  const [before] = await world.sql('select checked_at from readiness_check');
  await readiness();
  const [after] = await world.sql('select checked_at from readiness_check');

  expect(Number(after?.['checked_at'])).toBeGreaterThan(Number(before?.['checked_at']));
});

test('a database that takes no writes is not ready', async () => {
  const { db, close } = openPool(
    { ...world.app.connection, acceptsStandby: true },
    { ...poolOptions(world.app.config), size: 1 },
    quiet,
  );
  onTestFinished(close);
  await world.sql(`create function take_no_writes() returns trigger language plpgsql as
    $$ begin raise exception 'standby' using errcode = '25006'; end $$`);
  await world.sql(
    'create trigger refused before insert or update on readiness_check for each row execute function take_no_writes()',
  );
  onTestFinished(async () => void (await world.sql('drop function take_no_writes cascade')));

  expect(await databaseReadiness(db, world.app.now())).toEqual({ database: 'read-only', schema: 'unknown' });
  expect(await readiness()).toMatchObject({ status: 503, retryAfter: '5', body: { database: 'read-only' } });
});

test('a schema that lacks a migration of this program is not ready; one that is ahead is', async () => {
  await world.sql(
    "insert into kysely_migration select '9999_of_a_newer_program', timestamp from kysely_migration limit 1",
  );
  expect((await readiness()).status).toBe(200);

  await world.sql(
    "update kysely_migration set name = '0001_missing' where name = (select min(name) from kysely_migration)",
  );
  expect(await readiness()).toMatchObject({ status: 503, body: { schema: 'behind' } });

  await world.sql("delete from kysely_migration where name like '9999%'");
});

test('a job queue that cannot be read is not ready', async () => {
  await world.sql('alter schema pgboss rename to elsewhere');
  onTestFinished(async () => void (await world.sql('alter schema elsewhere rename to pgboss')));

  expect(await readiness()).toMatchObject({ status: 503, body: { database: 'ok', jobs: 'away' } });
});

test('a disk that ran full is reported although a small write still succeeds', async () => {
  await world.sql(`create function be_full() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
  await world.sql('create trigger full_disk before insert on customer for each row execute function be_full()');
  const { email, password, firstName, lastName } = somebody();
  const refused = await api(world, 'POST', '/customers', {
    attributes: {
      salutation: 'Mr',
      gender: 'Male',
      firstName,
      lastName,
      email,
      password,
      confirmPassword: password,
      acceptedTerms: true,
    },
  });
  await world.sql('drop function be_full cascade');

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await readiness()).toMatchObject({ status: 503, body: { database: 'full' } });
});

test('a server that is about to stop says so, still answers, and keeps no connection', async () => {
  const server = await startServer(world.app);
  onTestFinished(server.close);
  const url = `http://127.0.0.1:${server.port}`;

  server.drain();

  expect(await readiness(url)).toMatchObject({ status: 503, body: { status: 'draining' } });
  const page = await fetch(`${url}/login`);
  expect([page.status, page.headers.get('connection')]).toEqual([200, 'close']);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});
