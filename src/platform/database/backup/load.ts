import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DatabaseAddress } from '../address.ts';
import { migrate } from '../migrate.ts';
import { connectDirectly } from '../standby.ts';
import { WAITING_JOBS } from './dump.ts';
import { type Header, type Part, backupRefused } from './format.ts';

/** Where jobs of the backup wait until the restored queue has taken them. */
const RESTORED_JOBS = 'restored_job';

/**
 * Fills a new, empty database from a backup and brings it to this version's schema.
 *
 * @param address superuser's connection, as constraints and triggers have done their work before
 * @param owner connection of the role that owns the schema
 * @throws {@link backupRefused} if there are other rows in the end than the backup says.
 */
export async function load(
  { superuser, owner }: { superuser: DatabaseAddress; owner: DatabaseAddress },
  header: Header,
  parts: AsyncIterable<Part>,
  progress: (rows: number) => void,
): Promise<void> {
  await migrate(owner, header.migrations);
  const client = await connectDirectly(superuser, 'clientele restore');
  try {
    // A restore that fails is dropped whole, so that it need not be safe before its end.
    await client.query(`set session_replication_role = replica; set synchronous_commit = off; set client_encoding = 'UTF8';
      set datestyle = 'ISO'; set timezone = 'UTC'; set maintenance_work_mem = '128MB'`);
    await client.query('begin');
    await emptyTables(client);
    const indexes = await dropIndexes(client);
    await copyIn(client, parts, progress);
    for (const { definition } of indexes) await client.query(definition);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
  await migrate(owner);
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Migrations fill some tables; the backup has their rows too. */
async function emptyTables(client: pg.ClientBase) {
  const { rows } = await client.query<{ names: string | null }>(
    `select string_agg(oid::regclass::text, ', ') as names from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'kysely%'`,
  );
  if (rows[0]?.names) await client.query(`truncate ${rows[0].names}`);
  await client.query(`create table ${RESTORED_JOBS} (name text not null, data jsonb not null)`);
  await client.query(`alter table ${RESTORED_JOBS} owner to clientele`);
}

/** Indexes are built faster from all rows than row by row. Those of constraints stay. */
async function dropIndexes(client: pg.ClientBase) {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace and not i.indisprimary
       and not exists (select from pg_constraint where conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows;
}

async function copyIn(client: pg.ClientBase, parts: AsyncIterable<Part>, progress: (rows: number) => void) {
  const rest = parts[Symbol.asyncIterator]();
  let done = 0;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    const part = next.value;
    if (part.kind === 'table') {
      progress((done += await copyTable(client, part.table, rest)));
    } else if (part.kind === 'sequences')
      for (const [name, { value, isCalled }] of Object.entries(part.sequences))
        await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(name), value, isCalled]);
  }
}

async function copyTable(
  client: pg.ClientBase,
  { name, columns }: { name: string; columns: readonly string[] },
  rest: AsyncIterator<Part>,
): Promise<number> {
  let expected = -1;
  async function* blocks() {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      if (next.value.kind === 'data') yield next.value.bytes;
      if (next.value.kind !== 'end') continue;
      expected = next.value.rows;
      return;
    }
  }
  const target = name === WAITING_JOBS ? RESTORED_JOBS : quoted(name);
  const sink = client.query(copyFrom(`copy ${target} (${columns.map(quoted).join(', ')}) from stdin`));
  await pipeline(Readable.from(blocks()), sink);
  if (sink.rowCount === expected) return expected;
  throw backupRefused({ reason: `Table ${name} has ${sink.rowCount} rows instead of ${expected}.` });
}

/** Hands over the jobs of the backup, so many at a time, and forgets them. */
export async function* takeRestoredJobs(
  address: DatabaseAddress,
): AsyncGenerator<{ name: string; payloads: object[] }> {
  const client = await connectDirectly(address, 'clientele restore');
  try {
    const { rows: names } = await client.query<{ name: string }>(`select distinct name from ${RESTORED_JOBS}`);
    for (const { name } of names)
      for (;;) {
        const { rows } = await client.query<{ data: object }>(
          `delete from ${RESTORED_JOBS} where ctid = any (array(select ctid from ${RESTORED_JOBS} where name = $1 limit 1000))
           returning data`,
          [name],
        );
        if (rows.length === 0) break;
        yield { name, payloads: rows.map(({ data }) => data) };
      }
    await client.query(`drop table ${RESTORED_JOBS}`);
  } finally {
    await client.end();
  }
}
