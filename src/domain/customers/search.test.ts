import pg from 'pg';
import { beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { anonymizeCustomer, findCustomers, registerCustomer, sweepTally } from './index.ts';

// Lists of customers in a shop with many: what the database reads for them, by its own plans.

const PEOPLE = 60_000;
const FIRST = { offset: 0, limit: 10 };
/** Before connections are made, as they bind it. */
const query = vi.spyOn(pg.Client.prototype, 'query');
const world = useApp();

/** Numbers with gaps, as random steps leave them. One of twenty is called Berg. */
beforeAll(async () => {
  await world.sql(`
    insert into customer (id, number, reference, email, email_key, first_name, last_name, locale, created_at, updated_at)
    select gen_random_uuid(), 20000 + n * 3, 'LIST--' || n, 'a' || n || '@list.example', 'a' || n || '@list.example',
      'First' || n, case n % 20 when 0 then 'Berg' else 'Last' end || n, 'de_DE', now(), now()
    from generate_series(1, ${PEOPLE}) n`);
  await world.sql('vacuum analyze customer, customer_tally');
});

const Node = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  get Plans() {
    return z.array(Node).default([]);
  },
});
type Node = z.infer<typeof Node>;

const Statement = z.object({ text: z.string(), values: z.array(z.union([z.string(), z.number()])).default([]) });

const nodesOf = (node: Node): Node[] => [node, ...node.Plans.flatMap(nodesOf)];

/** What the statements of a call read of `customer`, planned for their values and planned for any. */
async function readingsOf(call: () => Promise<unknown>): Promise<{ scans: string[]; rows: number }[]> {
  query.mockClear();
  await call();
  const sent = query.mock.calls.map(([config]) => Statement.parse(config));
  const readings = [];
  for (const { text, values } of sent)
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      // A statement without a name is always planned for its values.
      if (mode === 'force_generic_plan' && text.startsWith('/* unnamed */')) continue;
      await world.sql(`set plan_cache_mode = ${mode}`);
      await world.sql(`prepare asked as ${text}`);
      const literals = values.map((value) => pg.escapeLiteral(String(value))).join();
      const [row] = await world.sql(`explain (analyze, format json) execute asked(${literals})`);
      await world.sql('deallocate asked');
      const [{ Plan: plan }] = z.tuple([z.object({ Plan: Node })]).parse(row?.['QUERY PLAN']);
      const reads = nodesOf(plan).filter((node) => node['Relation Name'] === 'customer');
      readings.push({
        scans: reads.map((node) => node['Node Type']),
        rows: reads.reduce(
          (sum, node) => sum + (node['Actual Rows'] + node['Rows Removed by Filter']) * node['Actual Loops'],
          0,
        ),
      });
    }
  expect(readings.length).toBeGreaterThan(0);
  return readings;
}

test.for<[what: string, text: string, most: number]>([
  ['the beginning of a name', 'first123', 400],
  ['the beginning of an address', 'a777@', 10],
  ['a name that many have', 'berg', 5000],
  ['a beginning that nearly all have', 'l', 9000],
  ['first and last name', 'first4000 berg4000', 10],
  ['last and first name', 'berg4000 first4000', 10],
  ['a reference', 'list--77', 10],
  ['what nobody is called', 'nobody', 10],
])('a search for %s reads indexes and little more than it finds', async ([, text, most]) => {
  for (const { scans, rows } of await readingsOf(() => findCustomers(world.app.db, text, FIRST))) {
    expect(scans).not.toContain('Seq Scan');
    expect(rows).toBeLessThanOrEqual(most);
  }
});

test.for([0, 30_000, 59_990, 1_000_000])('the list of all reads no more than a block from %i on', async (offset) => {
  for (const { scans, rows } of await readingsOf(() => findCustomers(world.app.db, '', { offset, limit: 10 }))) {
    expect(scans).toEqual(['Index Scan']);
    expect(rows).toBeLessThanOrEqual(4096 + 10);
  }
});

/** Every page of the list of all, beside what the table says. */
async function expectTrueList() {
  const rows = await world.sql('select reference from customer where anonymized_at is null order by number');
  const references = rows.map(({ reference }) => reference);
  for (const offset of [0, 1, 1364, 1365, 1366, 4095, 4096, 29_995, references.length - 5]) {
    const { items, total } = await findCustomers(world.app.db, '', { offset, limit: 10 });
    expect(total).toBe(references.length);
    expect(items.map(({ reference }) => reference)).toEqual(references.slice(offset, offset + 10));
  }
}

test('the list of all stays true whatever happens to customers, before and after its sums are swept', async () => {
  await expectTrueList();
  const erased = await registerCustomer(world.app, somebody({ email: 'erased@list.example' }));
  await registerCustomer(world.app, somebody({ email: 'stays@list.example' }));
  await anonymizeCustomer(world.app, erased.id);
  // A whole block, and the beginnings of others.
  await world.sql(
    'update customer set anonymized_at = now() where number between 20480 and 24575 or number % 4096 < 5',
  );
  await world.sql('delete from customer where number between 30000 and 30090');
  await world.sql('update customer set anonymized_at = null where number = 20481');
  await expectTrueList();

  const rows = async () => Number((await world.sql('select count(*) from customer_tally'))[0]?.['count']);
  const before = await rows();
  await Promise.all([sweepTally.start(world.app, {}), sweepTally.start(world.app, {})]);
  expect(await rows()).toBeLessThan(before);
  await expectTrueList();
});

test('a change that is taken back counts nothing', async () => {
  const { total } = await findCustomers(world.app.db, '', FIRST);
  await world.sql('begin');
  await world.sql('delete from customer where number < 21000');
  await world.sql('rollback');

  expect((await findCustomers(world.app.db, '', FIRST)).total).toBe(total);
});

test('a page past the end is the last one', async () => {
  const { total } = await findCustomers(world.app.db, '', FIRST);
  const { items } = await findCustomers(world.app.db, '', { offset: 1e9, limit: 10 });

  expect(items).toHaveLength(total % 10 || 10);
});
