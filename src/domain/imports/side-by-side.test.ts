import { setImmediate as tick } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { csv, useImports } from '../../../test/imports.ts';
import { customerByReference, registerCustomer } from '../customers/index.ts';

const world = useApp();
const { load } = useImports(world);
const loadRows = (rows: readonly (readonly string[])[]) => load('customer', csv(rows));

const columns = ['customer_reference', 'email', 'first_name'];

/** Until a statement of an import waits for another transaction. */
async function importWaits() {
  for (;;) {
    const { rows: waiting } = await sql`select from pg_stat_activity
      where application_name = 'clientele import' and wait_event_type = 'Lock' and datname = current_database()`.execute(
      world.app.db,
    );
    if (waiting.length > 0) return;
    await tick();
  }
}

test('an import waits for a registration that has drawn its reference before it holds anything that the registration needs', async () => {
  await world.sql('begin');
  await world.sql(`select draw_customer_reference('DE--')`);
  const importing = loadRows([columns, ['SB--9001', 'side@example.org', 'Ida']]);
  await importWaits();

  await world.sql(
    `insert into customer (id, reference, email, email_key, locale, created_at, updated_at)
     values (gen_random_uuid(), 'DE--side', 'side@example.org', 'side@example.org', 'de_DE', now(), now())`,
  );
  await world.sql('commit');

  expect(await importing).toMatchObject({ rows: 1, rejected: 0, updated: 1 });
});

test('a chunk that the database breaks off for the sake of another change is tried again', async () => {
  const people = ['SD--1', 'SD--2'].map((reference) => [reference, `${reference}@example.org`]);
  await loadRows([columns, ...people.map((one) => [...one, 'Ida'])]);
  const ids = await world.sql(`select id from customer where reference like 'SD--%' order by id`);
  const hold = (at: number) => world.sql('update customer set phone = $2 where id = $1', [ids[at]?.['id'], '030']);
  const [{ name } = { name: '' }] = await world.sql('select current_database() as name');
  // The import finds the deadlock, and so is the one that is broken off.
  await world.sql(`alter database ${String(name)} set deadlock_timeout = '300ms'`);
  await world.sql(`set deadlock_timeout = '1h'`);

  await world.sql('begin');
  await hold(1);
  const importing = loadRows([columns, ...people.map((one) => [...one, 'Zoe'])]);
  await importWaits();
  await hold(0);
  await world.sql('commit');

  expect(await importing).toMatchObject({ updated: 2, rejected: 0 });
  expect(await customerByReference(world.app.db, 'SD--2')).toMatchObject({ firstName: 'Zoe', phone: '030' });
});

test('registrations beside imports of the same addresses are all answered', async () => {
  const people = Array.from({ length: 30 }, () => somebody());
  const rows = people.map(({ email }, at) => [`SE--${at + 1}`, email, 'Ida']);
  // Each row comes twice, so that there are thirty chunks.
  const [report, ...registered] = await Promise.all([
    loadRows([columns, ...rows.flatMap((row) => [row, row])]),
    ...people.map((person) =>
      registerCustomer(world.app, person).then(
        () => 'registered',
        (error: Error) => error.message,
      ),
    ),
  ]);

  expect(report.rows).toBe(60);
  expect(registered.filter((answer) => !['registered', 'customers.email-taken'].includes(answer))).toEqual([]);
});
