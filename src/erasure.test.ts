import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { useApp } from '../test/app.ts';
import { activeCustomer } from '../test/builders.ts';
import { jobs } from './app.ts';
import { anonymizeCustomer, type Customer } from './domain/customers/index.ts';
import type { TableUse } from './platform/privacy.ts';

// The declarations of the privacy hooks, tried: every personal column of every table is filled with a canary by walking
// the schema, so that a new column is tried without anybody writing a test for it.

const world = useApp();

interface Column {
  name: string;
  type: string;
  generated: boolean;
}

/** A value of each type that stands nowhere else, as SQL, and how it looks when a row is written as text. */
const canaries: Record<string, [sql: string, found: string]> = {
  text: [`'zz-canary-zz'`, 'zz-canary-zz'],
  jsonb: [`'{"zz-canary-zz": "zz-canary-zz"}'`, 'zz-canary-zz'],
  _text: [`'{zz-canary-zz}'`, 'zz-canary-zz'],
  uuid: [`'ca9a71ca-ca9a-71ca-ca9a-71caca9a71ca'`, 'ca9a71ca-ca9a-71ca'],
  bytea: [`'\\xca9a71caca9a71ca'`, 'ca9a71caca9a71ca'],
  date: [`'1887-06-05'`, '1887-06-05'],
  timestamptz: [`'1887-06-05 12:00:00+00'`, '1887-06-05'],
  int4: ['987654321', '987654321'],
  int8: ['987654321', '987654321'],
};
/** A flag says too little to be found again. */
const SILENT = new Set(['bool']);

/** What stands in columns that are not personal. */
const neutral: Record<string, string> = {
  text: `'x'`,
  jsonb: `'{}'`,
  _text: `'{}'`,
  uuid: `'0190a5b2-0000-7000-8000-000000000001'`,
  bytea: `'\\x01'`,
  date: 'null',
  timestamptz: 'now()',
  int4: '1',
  int8: '1',
  numeric: '1',
  bool: 'true',
};

const columnsOf = async (table: string): Promise<Column[]> => {
  const rows = await world.sql(
    `select column_name as name, udt_name as type, is_generated = 'ALWAYS' as generated
     from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  );
  return rows.map(({ name, type, generated }) => ({
    name: String(name),
    type: String(type),
    generated: generated === true,
  }));
};

const declarations = () => world.app.privacy.flatMap(({ tables }) => Object.entries(tables));

beforeAll(async () => {
  // Canaries fit no check; foreign keys and triggers are passed over while they are written.
  const checks = await world.sql(
    `select conrelid::regclass::text as table, conname as name from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`,
  );
  for (const { table, name } of checks)
    await world.sql(`alter table ${String(table)} drop constraint "${String(name)}"`);
});

/** Writes a row into a table whose personal columns hold canaries; of a table that has the customer's row, into that. */
async function plant(table: string, { by = {}, personal = [] }: TableUse, customer: Customer): Promise<void> {
  const keys = { id: customer.id, reference: customer.reference, emailKey: customer.email.toLowerCase() };
  const value = ({ name, type }: Column): string => {
    const key = by[name];
    if (key) return `'${keys[key]}'`;
    if (!personal.includes(name) || SILENT.has(type)) return neutral[type] ?? unknown(table, name, type);
    return canaries[type]?.[0] ?? unknown(table, name, type);
  };
  const columns = (await columnsOf(table)).filter(({ generated }) => !generated);
  await world.sql('set session_replication_role = replica');
  if (table === 'customer') {
    // The address stays, as it is what finds subscriptions; it is looked for as it is.
    const planted = columns.filter(({ name }) => personal.includes(name) && !name.startsWith('email'));
    const values = planted.map((column) => `${column.name} = ${value(column)}`).join(', ');
    await world.sql(`update customer set ${values} where id = $1`, [customer.id]);
  } else {
    await world.sql(
      `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')}) overriding system value values (${columns.map(value).join(', ')})`,
    );
  }
  await world.sql('set session_replication_role = origin');
}

function unknown(table: string, column: string, type: string): never {
  throw new Error(`Say in erasure.test.ts what a canary of the type ${type} is: ${table}.${column} has it.`);
}

/** Where any of the texts stands, in whatever letter case, in every table of the database, the job queue's included. */
async function foundIn(texts: readonly string[]): Promise<string[]> {
  const tables =
    await world.sql(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' and table_name <> 'mailbox'`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql(
      `select distinct word from ${String(name)} t, unnest($1::text[]) as word where position(word in lower(t::text)) > 0`,
      [texts],
    );
    found.push(...rows.map(({ word }) => `${String(name)}: ${String(word)}`));
  }
  return found;
}

test('of every personal column of every table nothing is left when a customer is erased', async () => {
  const customer = await activeCustomer(world, { email: 'canary.zz@canary-zz.example' });
  await world.runJobs();
  const texts = [...new Set(Object.values(canaries).map(([, found]) => found)), 'canary.zz@canary-zz.example'];
  const planted = declarations().filter(([, { by }]) => by);
  for (const [table, use] of planted) await plant(table, use, customer);
  for (const [table] of planted.filter(([, { personal = [] }]) => personal.length > 0))
    expect(
      (await foundIn(texts)).some((found) => found.startsWith(`public.${table}:`)),
      table,
    ).toBe(true);

  await anonymizeCustomer(world.app, customer.id);
  await world.runJobs();

  expect(await foundIn(texts), 'Erase it in the anonymize() of its privacy hook.').toEqual([]);
});

test('a personal column that no hook erases is found', async () => {
  const customer = await activeCustomer(world);
  await world.sql('alter table customer add column nickname text');
  onTestFinished(async () => void (await world.sql('alter table customer drop column nickname')));
  await plant('customer', { by: { id: 'id' }, personal: ['nickname'] }, customer);

  await anonymizeCustomer(world.app, customer.id);
  await world.runJobs();

  expect(await foundIn(['zz-canary-zz'])).toEqual(['public.customer: zz-canary-zz']);
});

test('what is kept has a reason', () => {
  const reasons = declarations().flatMap(([, { kept = {} }]) => Object.keys(kept));

  expect(reasons.filter((reason) => reason.split(' ').length < 4)).toEqual([]);
});

test('no job carries more than ids, times, numbers and words of a list: what waits in the queue says nothing of a person', () => {
  const texts = jobs.flatMap(({ name, payload }) =>
    Object.entries(z.toJSONSchema(payload).properties ?? {}).flatMap(([property, schema]) => {
      const {
        type,
        format,
        enum: words,
      } = z
        .object({ type: z.string().optional(), format: z.string().optional(), enum: z.array(z.unknown()).optional() })
        .parse(schema);
      return type === 'string' && format !== 'uuid' && format !== 'date-time' && !words ? [`${name}: ${property}`] : [];
    }),
  );

  expect(texts, 'Hand over an id, and read the rest when the job runs.').toEqual([]);
});
