import type pg from 'pg';

/** Statement texts are few and fixed; past this many something builds them from data, and stays unnamed. */
const MOST_NAMES = 1000;
const names = new Map<string, string>();

/** A statement that starts with this is planned for its values each time: searches, where one plan does not fit all. */
export const UNNAMED = '/* unnamed */';

/** Names every parameterised statement, so that `pg` prepares it once a connection (half as much work per query). */
export function nameStatements(client: Pick<pg.Client, 'query'>) {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const named = (text: unknown, values: unknown, ...rest: unknown[]) => {
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    return name ? query({ name, text, values }, ...rest) : query(text, values, ...rest);
  };
  client.query = named as typeof client.query;
}

/** The name of a statement; undefined for those that stay unnamed. */
export function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known) return known;
  if (names.size >= MOST_NAMES || text.startsWith(UNNAMED)) return undefined;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}
