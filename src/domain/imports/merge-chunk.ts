import { isConflict, isDatabaseAway } from '../../platform/database/errors.ts';
import { copyLine, databaseCode, databaseComplaint } from '../../platform/database/session.ts';
import { hashPassword, verifyPassword } from '../passwords/index.ts';
import type { Chunk } from './chunk.ts';
import type { Load } from './importer.ts';
import type { Loading } from './importer.ts';
import { importRefused } from '../../platform/import/problems.ts';
import { emptyStaging, markRun } from './queries.ts';

/** Passwords hashed side by side: enough that the hasher never waits. */
const HASHES_AT_ONCE = 32;

/** Copies a chunk into staging, merges it and notes how far the run has come, in one transaction. */
export async function mergeChunk(loading: Loading, load: Load, chunk: Chunk): Promise<void> {
  const { session, options, listener, run, commit } = loading;
  if (!options.dryRun) await hashPlain(loading, load, chunk);
  await load.prepare?.(loading.db, chunk.keys);
  const { table, columns } = load.staging;
  const rejections = await inWords(chunk, () =>
    commit(async (db) => {
      if (options.dryRun) await emptyStaging(db, table);
      await session.copy(table, columns, chunk.copy.values());
      const { created, updated, rejected } = await load.merge(db);
      const rejections = [...chunk.rejections, ...rejected].toSorted((a, b) => a.line - b.line);
      const lines = new Set(rejections.map(({ line }) => line)).size;
      listener.rejected(rejections.map((rejection) => ({ rejection, row: chunk.raw.get(rejection.line) })));
      const after = {
        ...run,
        line: chunk.lastLine,
        created: run.created + created,
        updated: run.updated + updated,
        unchanged: run.unchanged + chunk.rows - lines - created - updated,
        rejected: run.rejected + lines,
        passwordKinds: sum(run.passwordKinds, chunk.passwordKinds),
      };
      if (!options.dryRun) await markRun(db, after);
      Object.assign(run, after);
      return rejections;
    }),
  );
  const [worst] = rejections;
  if (worst && options.stopAtFirst)
    throw importRefused({
      reason: `Stopped at line ${worst.line}: ${[worst.column, worst.problem].filter(Boolean).join(' ')}.`,
    });
}

/**
 * Hashes the passwords of a chunk that came in plain text, as many side by side as there are cores. One that is stored
 * already is left alone, so that importing a file twice changes nothing.
 */
async function hashPlain({ app, db }: Loading, { passwords }: Load, { plain, copy }: Chunk): Promise<void> {
  if (!passwords || plain.length === 0) return;
  const stored = await passwords.stored(
    db,
    plain.map(({ key }) => key),
  );
  for (let at = 0; at < plain.length; at += HASHES_AT_ONCE) {
    await Promise.all(
      plain.slice(at, at + HASHES_AT_ONCE).map(async ({ line, key, password, values }) => {
        const known = stored.get(key);
        const same = known !== undefined && (await verifyPassword(app, known, password)).matches;
        const hash = same ? null : await hashPassword(app, password);
        copy.set(line, copyLine(String(line), values.toSpliced(passwords.at, 1, hash)));
      }),
    );
  }
}

const sum = (before: Readonly<Record<string, number>>, more: ReadonlyMap<string, number>): Record<string, number> => ({
  ...before,
  ...Object.fromEntries([...more].map(([kind, count]) => [kind, (before[kind] ?? 0) + count])),
});

/**
 * What the database has against a chunk, said to the person who imports it. Errors of the database quote the rows, with
 * their passwords, so that none of them leaves here as it is.
 */
async function inWords<T>({ firstLine, lastLine }: Chunk, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const lines = `the lines ${firstLine} to ${lastLine}`;
    const complaint = databaseComplaint(error);
    if (complaint !== undefined)
      throw importRefused({
        reason: `The database refuses something on ${lines}: ${complaint}. Rows before them are in.`,
      });
    if (isConflict(error))
      throw importRefused({
        reason: `Other changes were in the way of ${lines} again and again. Rows before them are in; call the command again to go on.`,
      });
    if (isDatabaseAway(error))
      throw importRefused({
        reason: `The database was away, full or too slow during ${lines}. Rows before them are in; call the command again to go on.`,
      });
    const code = databaseCode(error);
    throw code === undefined ? error : new Error(`The database failed on ${lines}: SQLSTATE ${code}.`);
  }
}
