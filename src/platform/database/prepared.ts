import type { Compilable, CompiledQuery, RawBuilder } from 'kysely';
import type { Db } from './open.ts';

const known = new WeakMap<Db, Db>();

/** The same database without what renames columns, made once for all queries. */
function plain(db: Db): Db {
  let made = known.get(db);
  if (!made) {
    made = db.withoutPlugins();
    known.set(db, made);
  }
  return made;
}

/**
 * A query on a hot path that is built once. Its values must be all its parameters, in the order in which they are
 * written: building a query costs as much as running one by key. Call it for the first row, `all` for every row.
 */
export function prepared<Values extends unknown[], Row>(
  build: (db: Db, ...values: Values) => Compilable<Row> | RawBuilder<Row>,
) {
  let compiled: CompiledQuery<Row> | undefined;
  const names = new Map<string, string>();

  /** Columns as properties, as the query builder names them; what it does for each row anew is remembered here. */
  function renamed(row: Record<string, unknown>): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const column in row) {
      let name = names.get(column);
      if (name === undefined) {
        name = column.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
        names.set(column, name);
      }
      made[name] = row[column];
    }
    return made;
  }

  async function all(db: Db, ...values: Values): Promise<Row[]> {
    if (!compiled) {
      const built = build(db, ...values).compile(db);
      if (built.parameters.length !== values.length) throw new Error('a prepared query has parameters of its own');
      compiled = built;
    }
    const { rows } = await plain(db).executeQuery<Record<string, unknown>>({ ...compiled, parameters: values });
    return rows.map((row) => renamed(row) as Row);
  }
  return Object.assign(async (db: Db, ...values: Values): Promise<Row | undefined> => (await all(db, ...values))[0], {
    all,
  });
}
