import type { Compilable, CompiledQuery } from 'kysely';
import type { Db } from './open.ts';

/**
 * A query on a hot path that is built once. Its values must be all its parameters, in the order in which they are
 * written: building a query costs as much as running one by key.
 */
export function prepared<Values extends unknown[], Row>(build: (db: Db, ...values: Values) => Compilable<Row>) {
  let compiled: CompiledQuery<Row> | undefined;
  return async (db: Db, ...values: Values): Promise<Row | undefined> => {
    if (!compiled) {
      compiled = build(db, ...values).compile();
      if (compiled.parameters.length !== values.length) throw new Error('a prepared query has parameters of its own');
    }
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters: values });
    return rows[0];
  };
}
