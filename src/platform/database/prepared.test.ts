import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { transact } from '../app.ts';
import { prepared } from './prepared.ts';

const world = useApp();

const spread = prepared(
  (_db, low: number, high: number, word: string) =>
    sql<{
      wholeSum: number;
      word: string;
    }>`select ${high}::int - ${low}::int + ${high}::int as whole_sum, ${word}::text as word`,
);

test('a value may be used as often as wanted, in any order', async () => {
  expect(await spread(world.app.db, 3, 10, '$1')).toEqual({ wholeSum: 17, word: '$1' });
  expect(await spread(world.app.db, 1, 2, 'again')).toEqual({ wholeSum: 3, word: 'again' });
});

const stores = prepared((db, name: string) => db.selectFrom('store').select('name').where('name', '=', name));

test('within a transaction it sees what the transaction did, and outside it does not', async () => {
  await transact(world.app, async ({ db }) => {
    await sql`insert into store (name, position, time_zone, locales, currencies, countries)
      select 'XX', 9, time_zone, locales, currencies, countries from store where name = 'DE'`.execute(db);
    expect(await stores(db, 'XX')).toEqual({ name: 'XX' });
    expect(await stores(world.app.db, 'XX')).toBeUndefined();
  });
  expect(await stores.all(world.app.db, 'XX')).toEqual([{ name: 'XX' }]);
});

test('a query with a parameter of its own is refused, as it would be the same for every caller', async () => {
  const own = prepared((_db, word: string) => sql`select ${word}::text, ${42}::int`);

  await expect(own(world.app.db, 'a')).rejects.toThrow('parameters of its own');
});

test('so is one that leaves a value unused, or whose text looks like a parameter', async () => {
  const unused = prepared((_db, word: string, _other: string) => sql`select ${word}::text`);
  const literal = prepared((_db, word: string) => sql`select ${word}::text, '$1'`);

  await expect(unused(world.app.db, 'a', 'b')).rejects.toThrow('unused');
  await expect(literal(world.app.db, 'a')).rejects.toThrow('placeholder');
});
