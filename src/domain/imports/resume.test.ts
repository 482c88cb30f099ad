import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { csv, type ImportFlags, importFile, useImports } from '../../../test/imports.ts';
import { registerCustomer } from '../customers/index.ts';
import { somebody } from '../../../test/builders.ts';
import { importerOf, runImport } from './index.ts';

const world = useApp();

const { folder, load: loadFile } = useImports(world);
const load = (rows: readonly (readonly string[])[], options?: ImportFlags) => loadFile('customer', csv(rows), options);

const header = ['customer_reference', 'email'];
const rows = (prefix: string, count: number) => [
  header,
  ...Array.from({ length: count }, (_, at) => [`${prefix}--${at + 1}`, `${prefix}.${at + 1}@example.org`]),
];
/** A file whose fourth row is wrong. */
const broken = (prefix: string) => rows(prefix, 6).with(4, [`${prefix}--4`, 'nobody']);

const imported = async (prefix: string) =>
  Number((await world.sql(`select count(*) as n from customer where reference like $1`, [`${prefix}--%`]))[0]?.['n']);

/** Customers, runs, references and log: everything that an import may touch. */
const everything = () =>
  world.sql(`select (select count(*) from customer) as customers, (select count(*) from import_run) as runs,
    (select count(*) from audit_entry) as entries, (select last_value from customer_reference_number) as number`);

test('a dry run counts everything and changes nothing', async () => {
  await load(rows('DR', 2));
  const before = await everything();

  const report = await load(
    [
      [...header, 'first_name', 'password_plain'],
      ['DR--1', 'DR.1@example.org', '', ''],
      ['DR--2', 'DR.2@example.org', 'Ida', ''],
      ['DR--9000', 'dr.9000@example.org', '', 'Correct-Horse-7-Battery'],
      ['DR--4', 'dr.1@example.org', '', ''],
    ],
    { dryRun: true },
  );

  expect(report).toMatchObject({ rows: 4, created: 1, updated: 1, unchanged: 1, rejected: 1 });
  expect(report.rejections).toEqual(['5 email is the same as on line 2']);
  expect(await everything()).toEqual(before);
});

test('a dry run says what the run then says', async () => {
  const file = broken('DS');
  const { rejections, created, rejected } = await load(file, { dryRun: true });

  expect(await load(file)).toMatchObject({ rejections, created, rejected });
});

test('told to stop at the first mistake, it keeps the rows before', async () => {
  const file = broken('ST');

  await expect(load(file, { stopAtFirst: true })).rejects.toThrow('imports.refused');
  expect(await imported('ST')).toBe(3);
});

test('what broke off in the second chunk goes on there, and counts all rows in the end', async () => {
  const file = join(folder, 'long.csv');
  writeFileSync(file, csv([...rows('BR', 5003), ['BR--1', 'nobody']]));
  let chunks = 0;
  const rejected = () => {
    chunks += 1;
    if (chunks === 2) throw new Error('the power went off');
  };

  await expect(runImport(world.app, importerOf('customer'), { file }, { rejected })).rejects.toThrow(
    'the power went off',
  );
  expect(await imported('BR')).toBe(5000);
  const { resumed, ...report } = await importFile(world, 'customer', file);

  expect(resumed).toEqual([5001]);
  expect(report).toMatchObject({ created: 5003, updated: 0, unchanged: 0, rejected: 1 });
  expect(report.rows).toBe(report.created + report.unchanged + report.rejected);
});

test('after it has gone on to the end it begins at the first row', async () => {
  const file = broken('GO');
  await expect(load(file, { stopAtFirst: true })).rejects.toThrow('imports.refused');
  expect((await load(file)).resumed).toEqual([5]);

  expect(await load(file)).toMatchObject({ resumed: [], rows: 6, unchanged: 5, rejected: 1 });
});

test('begun anew and finished, a run that broke off before is forgotten', async () => {
  const file = broken('RE');
  await expect(load(file, { stopAtFirst: true })).rejects.toThrow('imports.refused');
  expect((await load(file, { restart: true })).resumed).toEqual([]);

  expect(await load(file)).toMatchObject({ resumed: [], rows: 6, unchanged: 5, rejected: 1 });
});

test('another file begins at its own first row', async () => {
  await expect(load(broken('OT'), { stopAtFirst: true })).rejects.toThrow('imports.refused');

  expect((await load(rows('OT', 6))).resumed).toEqual([]);
});

test('a second import at the same time is refused, the first is not disturbed', async () => {
  // Whichever begins first waits here, until the other one has come to the lock.
  await world.sql('begin');
  try {
    await world.sql('lock table customer in share row exclusive mode');
    const both = [load(rows('TW', 50)), load(rows('TW', 50))];
    await expect(Promise.race(both)).rejects.toThrow('imports.refused');
    await world.sql('commit');
    const outcomes = await Promise.allSettled(both);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await imported('TW')).toBe(50);
  } finally {
    await world.sql('rollback');
  }
});

test('somebody may register while an import runs, and gets a reference of their own', async () => {
  const [{ created }, { reference }] = await Promise.all([
    load(rows('DE', 300)),
    registerCustomer(world.app, somebody({ email: 'during@example.org' })),
  ]);

  expect(created + (Number(reference.slice(4)) <= 300 ? 1 : 0)).toBeGreaterThanOrEqual(300);
  expect((await registerCustomer(world.app, somebody())).reference).not.toBe(reference);
});
