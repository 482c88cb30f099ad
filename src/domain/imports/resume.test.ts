import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { registerCustomer } from '../customers/index.ts';
import { somebody } from '../../../test/builders.ts';
import { importerOf, runImport } from './index.ts';

const world = useApp();
const folder = mkdtempSync(join(tmpdir(), 'clientele-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Options = Parameters<typeof runImport>[2];

/** Imports rows; the first names the columns. */
async function load(rows: readonly (readonly string[])[], more: Partial<Options> = {}) {
  const file = join(folder, 'customer.csv');
  writeFileSync(file, rows.map((cells) => cells.map((cell) => `"${cell}"`).join(',')).join('\n'));
  const rejections: string[] = [];
  const resumed: number[] = [];
  const options = { offset: 0, limit: undefined, delimiter: ',', enclosure: '"', escape: '"', hasHeader: true };
  const flags = { dryRun: false, stopAtFirst: false, restart: false, keepRows: false };
  const report = await runImport(
    { ...world.app, origin: { door: 'console', actor: 'console' } },
    importerOf('customer'),
    { file, ...options, ...flags, ...more },
    {
      header: () => {},
      resumed: (line) => void resumed.push(line),
      progress: () => {},
      rejected: (found) => {
        for (const { rejection } of found)
          rejections.push(`${rejection.line} ${rejection.column} ${rejection.problem}`);
      },
    },
  );
  return { ...report, rejections, resumed };
}

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
    (select count(*) from audit_entry) as entries, (select current from sequence_number) as number`);

test('a dry run counts everything and changes nothing', async () => {
  await load(rows('DR', 2));
  const before = await everything();

  const report = await load(
    [
      [...header, 'first_name', 'password'],
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
  const file = [...rows('BR', 5003), ['BR--1', 'nobody']];
  const path = join(folder, 'long.csv');
  writeFileSync(path, file.map((cells) => cells.join(',')).join('\n'));
  const options = { file: path, offset: 0, limit: undefined, delimiter: ',', enclosure: '"', escape: '"' };
  const flags = { hasHeader: true, dryRun: false, stopAtFirst: false, restart: false, keepRows: false };
  const resumed: number[] = [];
  const listener = (rejected: () => void) => ({
    header: () => {},
    resumed: (line: number) => void resumed.push(line),
    progress: () => {},
    rejected,
  });
  let chunks = 0;
  const crash = listener(() => {
    chunks += 1;
    if (chunks === 2) throw new Error('the power went off');
  });
  const importer = importerOf('customer');

  await expect(runImport(world.app, importer, { ...options, ...flags }, crash)).rejects.toThrow('the power went off');
  expect(await imported('BR')).toBe(5000);
  const report = await runImport(
    world.app,
    importer,
    { ...options, ...flags },
    listener(() => {}),
  );

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
