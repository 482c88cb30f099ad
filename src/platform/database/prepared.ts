import type { Compilable, CompiledQuery, RawBuilder } from 'kysely';
import type { Db } from './open.ts';

/**
 * A query on a hot path that is built once. Its values must be all its parameters, in the order in which they are
 * written: building a query costs as much as running one by key. Call it for the first row, `all` for every row.
 */
export function prepared<Values extends unknown[], Row>(
  build: (db: Db, ...values: Values) => Compilable<Row> | RawBuilder<Row>,
) {
  let compiled: CompiledQuery<Row> | undefined;
  async function all(db: Db, ...values: Values): Promise<Row[]> {
    if (!compiled) {
      compiled = build(db, ...values).compile(db);
      if (compiled.parameters.length !== values.length) throw new Error('a prepared query has parameters of its own');
    }
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters: values });
    return rows;
  }
  return Object.assign(async (db: Db, ...values: Values): Promise<Row | undefined> => (await all(db, ...values))[0], {
    all,
  });
}
