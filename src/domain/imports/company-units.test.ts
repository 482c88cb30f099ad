import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

/** Lines of `company,unit,parent`; names follow from keys. */
const units = (...lines: string[]) =>
  load(
    'company-business-unit',
    'company_key,business_unit_key,parent_business_unit_key,name',
    ...lines.map((line) => `${line},Unit ${line.split(',')[1]}`),
  );

let series = 0;
/** A company of its own; the beginning of its keys. */
async function company() {
  const p = `k${(series += 1)}`;
  await load('company', 'key,name,is_active,status', `${p},Loom,true,approved`);
  return p;
}

/** Units of a company as `unit<parent`. */
const tree = async (p: string) =>
  (
    await world.sql(
      `select u.key || '<' || coalesce(p.key, '') as line from company_business_unit u join company c on c.id = u.company_id
      left join company_business_unit p on p.id = u.parent_id where c.key = $1 order by u.key`,
      [p],
    )
  ).map(({ line }) => line);

test('a parent may stand before its children or after them', async () => {
  const p = await company();
  const file = [`${p},${p}c,${p}b`, `${p},${p}b,${p}a`, `${p},${p}a,`, `${p},${p}d,${p}a`];

  expect(await units(...file)).toMatchObject({ created: 4, rejections: [] });
  expect(await tree(p)).toEqual([`${p}a<`, `${p}b<${p}a`, `${p}c<${p}b`, `${p}d<${p}a`]);
  expect(await units(...file)).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
});

test('a unit moves to another parent, and to the top where the cell is empty', async () => {
  const p = await company();
  await units(`${p},${p}a,`, `${p},${p}b,`, `${p},${p}c,${p}a`, `${p},${p}d,${p}a`);

  expect(await units(`${p},${p}c,${p}b`, `${p},${p}d,`)).toMatchObject({ updated: 2, rejections: [] });
  expect(await tree(p)).toEqual([`${p}a<`, `${p}b<`, `${p}c<${p}b`, `${p}d<`]);
});

test('thousands of units below one that came with the first chunk', async () => {
  const p = await company();
  const file = [`${p},${p}top,`, ...Array.from({ length: 5_200 }, (_, at) => `${p},${p}-${at},${p}top`)];

  expect(await units(...file)).toMatchObject({ created: 5_201, rejections: [] });
  expect(new Set((await tree(p)).map((line) => String(line).split('<')[1]))).toEqual(new Set(['', `${p}top`]));
  expect(await units(...file)).toMatchObject({ unchanged: 5_201 });
});

test('a parent that nobody knows is refused, the others go in', async () => {
  const p = await company();

  const { created, rejections } = await units(`${p},${p}a,nowhere`, `${p},${p}b,`);

  expect({ created, rejections }).toEqual({
    created: 1,
    rejections: ['2 parent_business_unit_key names no business unit of the company'],
  });
  expect(await tree(p)).toEqual([`${p}b<`]);
});

test('a parent of another company is refused, stored or in the same file', async () => {
  const [p, q] = [await company(), await company()];
  await units(`${q},${q}a,`);

  const { rejections } = await units(`${p},${p}a,${q}a`, `${p},${p}b,${q}b`, `${q},${q}b,`);

  expect(rejections).toEqual([
    '2 parent_business_unit_key names no business unit of the company',
    '3 parent_business_unit_key names no business unit of the company',
  ]);
  expect(await tree(p)).toEqual([]);
});

test('a parent whose own row is refused is no parent', async () => {
  const p = await company();

  const { created, rejections } = await load(
    'company-business-unit',
    'company_key,business_unit_key,parent_business_unit_key,name',
    `${p},${p}child,${p}top,Child`,
    `${p},${p}top,nowhere,Top`,
  );

  expect(created).toBe(0);
  expect(rejections).toEqual([
    '2 parent_business_unit_key names no business unit of the company',
    '3 parent_business_unit_key names no business unit of the company',
  ]);
});

test('a unit is not its own parent', async () => {
  const p = await company();
  await units(`${p},${p}a,`);

  expect((await units(`${p},${p}a,${p}a`, `${p},${p}b,${p}b`)).rejections).toEqual([
    '2 parent_business_unit_key is the unit itself',
    '3 parent_business_unit_key is the unit itself',
  ]);
  expect(await tree(p)).toEqual([`${p}a<`]);
});

test('a circle of new units is refused, and every row counts once', async () => {
  const p = await company();

  const report = await units(`${p},${p}a,${p}c`, `${p},${p}b,${p}a`, `${p},${p}c,${p}b`, `${p},${p}d,${p}a`);

  const { rows, created, updated, unchanged, rejected, rejections } = report;
  expect(rejections.length).toBeGreaterThan(0);
  for (const text of rejections)
    expect(text).toMatch(/^\d parent_business_unit_key would make the unit its own ancestor/);
  expect(rows).toBe(4);
  expect(created + updated + unchanged + rejected).toBe(4);
  expect(Math.min(created, updated, unchanged, rejected)).toBeGreaterThanOrEqual(0);
});

test('a row that would close a circle is refused and leaves the units as they were', async () => {
  const p = await company();
  await units(`${p},${p}top,`, `${p},${p}a,${p}top`, `${p},${p}b,${p}a`, `${p},${p}c,${p}b`);

  const report = await units(`${p},${p}a,${p}c`, `${p},${p}d,${p}top`);

  expect(report).toMatchObject({ created: 1, updated: 0, unchanged: 0, rejected: 1 });
  expect(report.rejections[0]).toMatch(/^2 parent_business_unit_key would make the unit its own ancestor/);
  expect(await tree(p)).toEqual([`${p}a<${p}top`, `${p}b<${p}a`, `${p}c<${p}b`, `${p}d<${p}top`, `${p}top<`]);
});

test('a refused row does not move the unit of another company', async () => {
  const [p, q] = [await company(), await company()];
  await units(`${q},${q}top,`, `${q},${q}a,`);

  expect((await units(`${p},${q}a,${q}top`)).rejections).not.toEqual([]);
  expect(await tree(q)).toEqual([`${q}a<`, `${q}top<`]);
});
