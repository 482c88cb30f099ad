import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { quiet, testConfig } from '../../../test/settings.ts';
import { openApp, type OpenApp } from '../../app.ts';
import { fillWithDemoData } from '../../demo.ts';
import { anonymizeCustomer } from '../../domain/customers/index.ts';
import { noteErasure } from '../../domain/customers/erasure-receipt.ts';
import { firstLine, encodeParts, type Part, readParts } from '../../platform/database/backup/format.ts';
import { writeBackupFile } from '../../platform/database/backup/file.ts';
import { openEmbedded } from '../../platform/database/embedded.ts';
import { migrate, migrationNames } from '../../platform/database/migrate.ts';
import type { OpenOn } from './command.ts';
import { findCommand } from './index.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-backup-'));
  chmodSync(folder, 0o755);
  return folder;
}

const folder = temporaryFolder();
const shop = testConfig({ DATA_DIR: join(folder, 'shop') });
const file = join(folder, 'shop.backup');
let source: OpenApp;

beforeAll(async () => {
  source = await openApp(shop, quiet, { supervise: false });
  await fillWithDemoData(source.app);
}, 60_000);

afterAll(async () => {
  await source.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls a command with the settings of a data folder: exit status and what it printed. */
async function run(name: string, args: readonly string[], config = shop) {
  const lines: string[] = [];
  const openOn: OpenOn = (database, { anySecret }) => openApp(config, quiet, { supervise: false, anySecret, database });
  const command = await findCommand(name)?.load();
  const status = await command?.run({
    app: undefined,
    config,
    args,
    openOn,
    terminal: {
      out: (line) => void lines.push(line),
      print: async (text) => void lines.push(text),
      progress: { start: () => {}, update: () => {}, stop: () => {} },
      onInterrupt: () => {},
      interrupt: () => {},
      isInteractive: false,
      confirm: async () => false,
    },
  });
  return { status, text: lines.join('\n') };
}

async function query(connection: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Rows and a checksum of every table but the migrator's, and the state of every sequence. */
async function contents(connection: pg.ClientConfig) {
  const tables = await query(
    connection,
    `select relname as name, relkind as kind from pg_class where relnamespace = 'public'::regnamespace
     and relkind in ('r', 'S') and relname not like 'kysely%' order by relname`,
  );
  const found: Record<string, unknown> = {};
  for (const { name, kind } of tables) {
    const sql =
      kind === 'S'
        ? `select last_value, is_called from "${String(name)}"`
        : `select count(*), md5(string_agg(t::text, '|' order by t::text)) from "${String(name)}" t`;
    [found[String(name)]] = await query(connection, sql);
  }
  return found;
}

/** The embedded database of a folder, while a test looks at it. */
async function opened(config: { DATA_DIR: string }) {
  const database = await openEmbedded(config.DATA_DIR, [], { create: false });
  onTestFinished(() => database.close());
  return database.connection;
}

const elsewhere = (name: string) => testConfig({ DATA_DIR: join(folder, name) });

test('a restored backup is the database, row by row', { timeout: 60_000 }, async () => {
  await source.app.queue.add(source.app.db, noteErasure.name, [{ customerId: '01a00000-0000-7000-8000-000000000000' }]);
  const before = await contents(await opened(shop));
  expect(await run('backup', [file])).toMatchObject({ status: 0, text: expect.stringContaining(`are in ${file}`) });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file).includes('example.org')).toBe(false);

  const restored = elsewhere('restored');
  expect(await run('restore', [file], restored)).toMatchObject({ status: 0 });

  const after = await contents(await opened(restored));
  expect(after).toEqual(before);
  const waiting = `select coalesce(source_name, name) as name, data from pgboss.job where state < 'completed' order by 1, 2`;
  expect(await query(await opened(restored), waiting)).toEqual(await query(await opened(shop), waiting));
  expect(await run('restore', [file], restored)).toEqual({
    status: 1,
    text: `The database in ${restored.DATA_DIR} is not empty. Choose another DATA_DIR, or lose what is in it with --replace.`,
  });
});

test('a backup made while others write holds whole transactions', { timeout: 60_000 }, async () => {
  const connection = await opened(shop);
  let isOver = false;
  const writing = (async () => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query('create table left_side (n int); create table right_side (n int)');
    for (let n = 0; !isOver; n++)
      await client.query(`begin; insert into right_side values (${n}); insert into left_side values (${n}); commit`);
    await client.query('drop table left_side, right_side');
    await client.end();
  })();
  const online = join(folder, 'online.backup');
  expect((await run('backup', [online])).status).toBe(0);
  isOver = true;
  await writing;

  const rows: Record<string, number> = {};
  let table = '';
  for await (const part of readParts(online)) {
    if (part.kind === 'table') table = part.table.name;
    if (part.kind === 'end') rows[table] = part.rows;
  }
  expect(rows['left_side']).toBe(rows['right_side']);
  expect(rows['customer']).toBeGreaterThan(0);
});

test('who was erased after the backup is erased in what is restored', { timeout: 60_000 }, async () => {
  const earlier = join(folder, 'earlier.backup');
  await run('backup', [earlier]);
  const connection = await opened(shop);
  const [anna] = await query(
    connection,
    `select id, first_name from customer where email = 'anna.bergmann@example.org'`,
  );
  await anonymizeCustomer(source.app, String(anna?.['id']));
  await source.app.queue.drain(source.app, [noteErasure]);
  const list = join(shop.DATA_DIR, 'erased-customers');
  expect(readFileSync(list, 'utf8').split('\n')).toContain(anna?.['id']);

  const restored = elsewhere('erased');
  const { status, text } = await run('restore', [earlier, '--erased', list], restored);

  expect({ status, text }).toEqual({ status: 0, text: expect.stringContaining('1 customers who were erased after') });
  const [row] = await query(
    await opened(restored),
    `select state, first_name from customer where id = '${String(anna?.['id'])}'`,
  );
  expect(row).toEqual({ state: 'anonymized', first_name: null });
});

test('a backup of an older version is brought up to date', { timeout: 60_000 }, async () => {
  const names = await migrationNames();
  const old = await openEmbedded(join(folder, 'old'));
  await migrate(old.connection, names.slice(0, -1));
  await query(old.connection, `update store set name = 'OLD' where name = (select min(name) from store)`);
  await old.close();
  const older = join(folder, 'older.backup');
  expect((await run('backup', [older], elsewhere('old'))).status).toBe(0);

  const restored = elsewhere('updated');
  expect((await run('restore', [older], restored)).status).toBe(0);

  const connection = await opened(restored);
  expect(await query(connection, `select name from store where name = 'OLD'`)).toEqual([{ name: 'OLD' }]);
  const applied = await query(connection, 'select name from kysely_migration order by name');
  expect(applied.map(({ name }) => name)).toEqual(names);
});

async function* parts(...list: Part[]): AsyncGenerator<Part> {
  yield* list;
}

const header = (migrations: string[]): Part => ({
  kind: 'header',
  header: { version: '9.0.0', createdAt: '2026-11-30T00:00:00.000Z', postgres: 18, migrations },
});

test('damaged, foreign and newer files are refused before anything is set up', async () => {
  const good = join(folder, 'good.backup');
  expect((await run('backup', [good])).status).toBe(0);
  const bytes = readFileSync(good);
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  const files: [string, Buffer, string][] = [
    ['flipped', flipped, 'is damaged'],
    ['cut', bytes.subarray(0, -20), 'is damaged'],
    ['started', bytes.subarray(0, 19), 'is damaged'],
    ['foreign', Buffer.from('PGDMP'), 'is no backup that clientele has made'],
    ['format', Buffer.concat([Buffer.from(firstLine(2)), bytes.subarray(19)]), 'newer version of Clientele'],
  ];
  const config = elsewhere('untouched');
  for (const [name, content, reason] of files) {
    const path = join(folder, name);
    writeFileSync(path, content);
    expect({ name, ...(await run('restore', [path], config)) }).toEqual({
      name,
      status: 1,
      text: expect.stringContaining(reason),
    });
  }
  const newer = join(folder, 'newer');
  await writeBackupFile(
    newer,
    parts(header([...(await migrationNames()), '9999_future']), { kind: 'sequences', sequences: {} }),
  );
  expect((await run('restore', [newer], config)).text).toContain('it has 9999_future');
  expect((await run('restore', [join(folder, 'missing')], config)).text).toContain('cannot be read');
  expect(existsSync(config.DATA_DIR)).toBe(false);
});

test('a restore that fails leaves the database as it was', { timeout: 60_000 }, async () => {
  const config = elsewhere('kept');
  const { close } = await openApp(config, quiet, { supervise: false });
  await close();
  const before = await contents(await opened(config));
  const wrong = join(folder, 'wrong.backup');
  const table: Part = { kind: 'table', table: { name: 'store', columns: ['name'] } };
  const data: Part = { kind: 'data', bytes: Buffer.from('X\nX\n') };
  await writeBackupFile(wrong, parts(header(await migrationNames()), table, data, { kind: 'end', rows: 2 }));

  await expect(run('restore', [wrong, '--replace'], config)).rejects.toThrow('null value in column');

  const connection = await opened(config);
  expect(await contents(connection)).toEqual(before);
  expect(await query(connection, `select datname from pg_database where datname like 'clientele_%'`)).toEqual([]);
});

test('an interrupted backup leaves no file, and none is overwritten', async () => {
  const unfinished = join(folder, 'unfinished.backup');
  async function* interrupted() {
    yield header([]);
    throw new Error('interrupted');
  }
  await expect(writeBackupFile(unfinished, interrupted())).rejects.toThrow('interrupted');
  expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);

  writeFileSync(unfinished, 'something else');
  expect(await run('backup', [unfinished])).toEqual({
    status: 1,
    text: `${unfinished} exists already. A backup overwrites nothing.`,
  });
  expect(readFileSync(unfinished, 'utf8')).toBe('something else');
});

test('a checksum over everything is the last line', async () => {
  const pieces: Buffer[] = [];
  for await (const piece of encodeParts(parts(header([])))) pieces.push(piece);

  expect(pieces.at(-1)?.toString()).toMatch(/^checksum [0-9a-f]{64}\n$/);
});

test('with a server of your own both commands name its tools', async () => {
  const config = testConfig({ DATABASE_URL: 'postgresql://clientele@db.test/clientele' });

  expect(await run('backup', [join(folder, 'x')], config)).toMatchObject({
    status: 1,
    text: expect.stringContaining('pg_dump'),
  });
  expect(await run('restore', [file], config)).toMatchObject({
    status: 1,
    text: expect.stringContaining('pg_restore'),
  });
});
