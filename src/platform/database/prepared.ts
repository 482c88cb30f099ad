import type { Compilable, CompiledQuery, RawBuilder } from 'kysely';
import { propertyName } from './names.ts';
import { type Db, poolOf } from './open.ts';

/** Outside a transaction the query builder has nothing to add, and its way to the pool costs a tenth of a short request. */
async function rowsOf(db: Db, compiled: CompiledQuery, values: unknown[]): Promise<Record<string, unknown>[]> {
  const pool = poolOf(db);
  const { rows } = pool
    ? await pool.query(compiled.sql, values)
    : await db.withoutPlugins().executeQuery<Record<string, unknown>>({ ...compiled, parameters: values });
  return rows;
}

/**
 * A query on a hot path that is built once, as building a query costs as much as running one by key. It may have no
 * parameters but its values, and may use each as often as it likes; while it is built they are not what they seem, so
 * it must not look at them. Call it for the first row, `all` for every row.
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
        name = propertyName(column);
        names.set(column, name);
      }
      made[name] = row[column];
    }
    return made;
  }

  /** Builds the query with a mark in the place of each value, and numbers the parameters by them. */
  function compile(db: Db, values: number): CompiledQuery<Row> {
    const marks = Array.from({ length: values }, () => ({}));
    const built = build(db, ...(marks as Values)).compile(db);
    const numbers = built.parameters.map((parameter) => marks.findIndex((mark) => mark === parameter) + 1);
    if (numbers.includes(0)) throw new Error('a prepared query has parameters of its own');
    if (new Set(numbers).size < values) throw new Error('a prepared query leaves a value unused');
    const placeholders = /\$(\d+)/g;
    // One in a literal would be changed with the others.
    if ((built.sql.match(placeholders) ?? []).length !== numbers.length)
      throw new Error('a prepared query has a placeholder in its text');
    return { ...built, sql: built.sql.replaceAll(placeholders, (_, at) => `$${numbers[Number(at) - 1]}`) };
  }

  async function all(db: Db, ...values: Values): Promise<Row[]> {
    compiled ??= compile(db, values.length);
    const rows = await rowsOf(db, compiled, values);
    return rows.map((row) => renamed(row) as Row);
  }
  return Object.assign(async (db: Db, ...values: Values): Promise<Row | undefined> => (await all(db, ...values))[0], {
    all,
  });
}
