import type { ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DatabaseAddress } from '../address.ts';
import { migrationNames } from '../migrate.ts';
import { connectDirectly } from '../standby.ts';
import type { Part } from './format.ts';

/** Bytes of rows that are written at once. */
const BLOCK = 256 * 1024;

/** What the migrator keeps; a restore makes its own. */
const OF_MIGRATOR = ['kysely_migration', 'kysely_migration_lock'];

/** The pseudo table of jobs that wait: only their names and payloads, as the tables are pg-boss's own. */
export const WAITING_JOBS = 'pgboss.waiting';

/**
 * The rows of every table as of one moment, while others go on writing. Tables are read one after the other in one
 * transaction, and rows are passed on as they come.
 *
 * @param options.started is given the estimated number of rows
 */
export async function* dump(
  address: DatabaseAddress,
  options: { version: string; now: Date; started: (rows: number) => void },
): AsyncGenerator<Part> {
  const client = await connectDirectly(address, 'clientele backup');
  try {
    await client.query('begin isolation level repeatable read read only');
    // A value must mean the same where it is read.
    await client.query(`set local datestyle = 'ISO'; set local timezone = 'UTC'; set local extra_float_digits = 3;
      set local intervalstyle = 'iso_8601'; set local client_encoding = 'UTF8'; set local statement_timeout = 0`);
    const tables = await tablesOf(client);
    const applied = await client.query<{ name: string }>('select name from kysely_migration order by name');
    const server = await client.query<{ number: number }>(
      `select current_setting('server_version_num')::int / 10000 as number`,
    );
    options.started(tables.reduce((sum, { estimate }) => sum + estimate, 0));
    yield {
      kind: 'header',
      header: {
        version: options.version,
        createdAt: options.now.toISOString(),
        postgres: server.rows[0]?.number ?? 0,
        migrations: applied.rows.map(({ name }) => name),
      },
    };
    for (const { name, columns } of tables) {
      const list = columns.map(quoted).join(', ');
      yield* rowsOf(client, { name, columns }, `${quoted(name)} (${list})`);
    }
    if (await hasJobs(client))
      yield* rowsOf(
        client,
        { name: WAITING_JOBS, columns: ['name', 'data'] },
        `(select coalesce(source_name, name), coalesce(data, '{}') from pgboss.job where state < 'completed' order by created_on)`,
      );
    // After the rows: no row has a number that its sequence has not given out.
    yield { kind: 'sequences', sequences: await sequencesOf(client) };
    await client.query('commit');
  } finally {
    await client.end();
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function* rowsOf(client: ClientBase, table: { name: string; columns: string[] }, source: string) {
  yield { kind: 'table', table } as const;
  const rows = client.query(copyTo(`copy ${source} to stdout`));
  let block: Buffer[] = [];
  let length = 0;
  for await (const chunk of rows) {
    const bytes = Buffer.from(chunk);
    block.push(bytes);
    length += bytes.length;
    if (length < BLOCK) continue;
    yield { kind: 'data', bytes: Buffer.concat(block) } as const;
    block = [];
    length = 0;
  }
  if (length > 0) yield { kind: 'data', bytes: Buffer.concat(block) } as const;
  yield { kind: 'end', rows: rows.rowCount } as const;
}

async function tablesOf(client: ClientBase) {
  const { rows } = await client.query<{ name: string; columns: string[]; estimate: number }>(
    `select c.relname as name, greatest(c.reltuples, 0)::float8 as estimate,
       array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and c.relname <> all ($1)
     group by c.oid order by c.relname`,
    [OF_MIGRATOR],
  );
  return rows;
}

async function hasJobs(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>(`select to_regclass('pgboss.job') is not null as exists`);
  return rows[0]?.exists ?? false;
}

async function sequencesOf(client: ClientBase) {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S' order by 1`,
  );
  const sequences: Record<string, { value: string; isCalled: boolean }> = {};
  for (const { name } of rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${quoted(name)}`,
    );
    const [found] = state.rows;
    if (found) sequences[name] = { value: found.value, isCalled: found.called };
  }
  return sequences;
}

/** Migrations of a backup that this version does not have. */
export async function unknownMigrations(migrations: readonly string[]): Promise<string[]> {
  const ours = await migrationNames();
  return migrations.filter((name) => !ours.includes(name));
}
