import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DatabaseAddress } from './address.ts';
import { nameStatements } from './named-statements.ts';
import { connectDirectly } from './standby.ts';
import type { DB } from './tables.ts';

/** One connection of one's own: temporary tables, COPY and locks live as long as it does. */
export interface DatabaseSession {
  readonly db: Kysely<DB>;
  /** Copies rows into a table; `rows` is in COPY's text format, as `copyLine` makes it. */
  copy(table: string, columns: readonly string[], rows: Iterable<string>): Promise<void>;
  /** Settings of this session alone. */
  set(settings: Record<string, string>): Promise<void>;
  /** False when another session has the lock. It is released with the session. */
  tryLock(key: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens a session on the server that takes writes. */
export async function openSession(address: DatabaseAddress, name = 'clientele import'): Promise<DatabaseSession> {
  const client = await connectDirectly(address, name);
  nameStatements(client);
  const borrowed = Object.assign(client, { release: () => undefined });
  const pool = { connect: () => Promise.resolve(borrowed), end: async () => undefined, options: {} };
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()],
  });
  return {
    db,
    async copy(table, columns, rows) {
      const sink = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
      await pipeline(Readable.from(inPieces(rows)), sink);
    },
    async set(settings) {
      for (const [name, value] of Object.entries(settings))
        await client.query(`select set_config($1, $2, false)`, [name, value]);
    },
    async tryLock(key) {
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [key]);
      return rows[0]?.held ?? false;
    },
    async close() {
      await db.destroy();
      await client.end();
    },
  };
}

/** Characters of COPY text sent at once. */
const PIECE = 256 * 1024;

function* inPieces(rows: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  let length = 0;
  for (const row of rows) {
    piece.push(row);
    length += row.length;
    if (length < PIECE) continue;
    yield piece.join('');
    piece = [];
    length = 0;
  }
  if (length > 0) yield piece.join('');
}

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One row in COPY's text format. Joined at once: a string that grows bit by bit costs ten times its length in memory. */
export function copyLine(first: string, values: readonly (string | null)[]): string {
  const cells = values.map((value) =>
    value === null
      ? '\\N'
      : special.test(value)
        ? value.replaceAll(specials, (found) => escapes[found] ?? found)
        : value,
  );
  return `${first}\t${cells.join('\t')}\n`;
}

/**
 * What the database says of data it refuses (classes 22 and 23), or undefined for any other trouble. Its own message is
 * left out: it quotes the data.
 */
export function databaseComplaint(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError) || !/^2[23]/.test(error.code ?? '')) return undefined;
  const { code, constraint, column } = error;
  return [constraint && `constraint ${constraint}`, column && `column ${column}`, `SQLSTATE ${code}`]
    .filter(Boolean)
    .join(', ');
}

/** The SQLSTATE of any error that the database reports. */
export const databaseCode = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;
