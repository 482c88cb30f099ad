import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useProxy } from '../../../test/proxy.ts';
import { quiet } from '../../../test/settings.ts';
import { transact } from '../app.ts';
import type { DatabaseAddress } from './address.ts';
import { isDatabaseAway, isReadOnly } from './errors.ts';
import { openPool, poolOf } from './open.ts';
import type { PoolOptions } from './pool.ts';

const world = useApp();

/** Limits that tests can wait for. */
const limits: PoolOptions = {
  name: 'clientele faults',
  size: 2,
  connectMs: 1000,
  quietMs: 100,
  statementMs: 5000,
  lockMs: 5000,
  idleInTransactionMs: 5000,
  prepare: true,
  pooled: false,
};

/** The tests' database over TCP, through a proxy that can misbehave. */
async function proxied() {
  const { host, port, user = '', password, database = '' } = new pg.Client(world.app.connection);
  const proxy = await useProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  const address: DatabaseAddress = {
    host: '127.0.0.1',
    port: proxy.port,
    user,
    database,
    ...(typeof password === 'string' ? { password } : {}),
  };
  return { proxy, address };
}

function openDb(address: DatabaseAddress, options: Partial<PoolOptions> = {}) {
  const { db, close } = openPool(address, { ...limits, ...options }, quiet);
  onTestFinished(close);
  return db;
}

const one = sql<{ one: number }>`select 1 as one`;
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done' as const,
    (error: unknown) => error,
  );

test('a server that goes silent fails what waits for it and what comes after, and heals', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address);
  await one.execute(db);

  proxy.freeze();
  const waiting = await Promise.all(Array.from({ length: 20 }, () => outcome(one.execute(db))));
  expect(waiting.every(isDatabaseAway)).toBe(true);

  proxy.thaw();
  expect((await one.execute(db)).rows).toEqual([{ one: 1 }]);
});

test('a connection that the network forgot is thrown away, and what only reads is asked once more', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address);
  await Promise.all([one.execute(db), one.execute(db)]);

  proxy.forget();

  expect((await one.execute(db)).rows).toEqual([{ one: 1 }]);
});

test('a transaction that begins on a forgotten connection begins on another', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address, { size: 1 });
  await one.execute(db);
  let attempts = 0;

  proxy.forget();
  await transact({ ...world.app, db }, async ({ db }) => {
    attempts += 1;
    await one.execute(db);
  });

  expect(attempts).toBe(1);
});

test('what writes is never sent twice when its answer was lost', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address, { size: 1 });
  await sql`create table sent_once (id int)`.execute(db);

  proxy.inspect = (sent) => !sent.includes('insert into sent_once');
  const lost = await outcome(sql`insert into sent_once values (1)`.execute(db));
  proxy.inspect = () => true;

  expect(isDatabaseAway(lost)).toBe(true);
  expect((await sql`select * from sent_once`.execute(db)).rows).toEqual([]);
});

test('a slow statement goes on while the server works on it, to the end of its time', async () => {
  const { address } = await proxied();
  const db = openDb(address, { statementMs: 900, quietMs: 500 });

  expect(await outcome(sql`select pg_sleep(0.4)`.execute(db))).toBe('done');
  expect(await outcome(sql`select pg_sleep(5)`.execute(db))).toMatchObject({ code: '57014' });
});

test('a standby is refused at connect, and the next server is used', async () => {
  const { address } = await proxied();
  await world.sql(`create role reader login`);
  await world.sql(`alter role reader set default_transaction_read_only = on`);
  onTestFinished(async () => void (await world.sql('drop role reader')));
  const standby = { ...address, user: 'reader' };

  expect(isReadOnly(await outcome(one.execute(openDb(standby))))).toBe(true);
  const db = openDb({ ...standby, otherServers: [address] });
  expect((await sql`select current_user::text as name`.execute(db)).rows).toEqual([{ name: address.user }]);
});

test('when the database becomes read-only the connection is thrown away and the write goes to one that takes it', async () => {
  const { address } = await proxied();
  const db = openDb(address, { size: 1 });
  await sql`create table moved (id int)`.execute(db);
  await sql`set default_transaction_read_only = on`.execute(db);

  await sql`insert into moved values (1)`.execute(db);

  expect((await sql`select * from moved`.execute(db)).rows).toEqual([{ id: 1 }]);
});

test('a transaction is done again when its connection broke before the commit', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address);
  let attempts = 0;

  await transact({ ...world.app, db }, async ({ db }) => {
    attempts += 1;
    await one.execute(db);
    if (attempts === 1) proxy.cut();
    await one.execute(db);
  });

  expect(attempts).toBe(2);
});

test('a transaction is not done again when its commit may have happened', async () => {
  const { proxy, address } = await proxied();
  const db = openDb(address);
  let attempts = 0;

  proxy.inspect = (sent) => !sent.includes('commit');
  const unknown = await outcome(
    transact({ ...world.app, db }, async ({ db }) => {
      attempts += 1;
      await one.execute(db);
    }),
  );

  expect(isDatabaseAway(unknown)).toBe(true);
  expect(attempts).toBe(1);
});

test('two transactions that lock each other out both succeed', async () => {
  await world.sql('create table locked (id int primary key); insert into locked values (1), (2)');
  onTestFinished(async () => void (await world.sql('drop table locked')));
  let met = 0;
  const { promise: bothHold, resolve } = Promise.withResolvers<void>();

  const update = (first: number, second: number) =>
    transact(world.app, async ({ db }) => {
      await sql`select from locked where id = ${first} for update`.execute(db);
      met += 1;
      if (met === 2) resolve();
      await bothHold;
      await sql`select from locked where id = ${second} for update`.execute(db);
    });

  expect(await outcome(Promise.all([update(1, 2), update(2, 1)]))).toBe('done');
  // The one that gave way came again; on a busy machine the server may pick both in turn.
  expect(met).toBeGreaterThanOrEqual(3);
});

test('a pool without prepared statements leaves none behind', async () => {
  const { address } = await proxied();
  const db = openDb(address, { size: 1, prepare: false });

  await sql`select ${1}::int`.execute(db);

  expect((await sql`select name from pg_prepared_statements`.execute(db)).rows).toEqual([]);
  expect(poolOf(db)).toBeDefined();
});
