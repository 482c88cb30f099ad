import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import type { Db } from '../../platform/database/open.ts';
import { copyLine, type DatabaseSession, databaseComplaint, openSession } from '../../platform/database/session.ts';
import { newId } from '../../platform/id.ts';
import { record } from '../audit/index.ts';
import { hashPassword, verifyPassword } from '../passwords/index.ts';
import { addToChunk, type Chunk, emptyChunk, repeats } from './chunk.ts';
import type { Importer, Load, MergeRejection, RowProblem } from './importer.ts';
import { importRefused } from './problems.ts';
import {
  emptyStaging,
  endRun,
  forgetBroken,
  insertRun,
  makeStaging,
  markRun,
  type Run,
  type RunCounts,
  unfinishedRun,
} from './queries.ts';
import type { Rehearsal } from './rehearsal.ts';
import { type CsvOptions, identify, type RawRow, readRows } from './read-rows.ts';

/** Rows merged in one transaction: large enough that a million take seconds, small enough to resume near a crash. */
const CHUNK = 5000;

/** Passwords hashed side by side: enough that the hasher never waits. */
const HASHES_AT_ONCE = 32;

/** Chunks that may wait for the database while the next one is read; each is some 15 MB. */
const AHEAD = 1;

/** Advisory locks of imports start here, one an entity. */
const LOCKS = 4_712_000;

export interface ImportOptions extends CsvOptions {
  file: string;
  /** Data rows to pass over. */
  offset: number;
  /** Data rows to read; undefined: all. */
  limit: number | undefined;
  /** Check and count everything, change nothing. */
  dryRun: boolean;
  /** Stop at the first row that is rejected; rows before it are kept. */
  stopAtFirst: boolean;
  /** Begin at the first row although an earlier run broke off in the middle. */
  restart: boolean;
  /** Whether the listener wants rejected rows as they were; keeping them costs memory. */
  keepRows: boolean;
}

/** All of a file with commas and a header. */
const DEFAULTS: Omit<ImportOptions, 'file'> = {
  offset: 0,
  limit: undefined,
  delimiter: ',',
  enclosure: '"',
  escape: '"',
  hasHeader: true,
  dryRun: false,
  stopAtFirst: false,
  restart: false,
  keepRows: false,
};

/** Who is told what happens. */
export interface ImportListener {
  header(columns: readonly string[], unknown: readonly string[]): void;
  resumed(line: number): void;
  /** Bytes read, and bytes in all. */
  progress(read: number, total: number): void;
  /** Called before the chunk is committed, so that a crash may repeat a rejection and never loses one. */
  rejected(rejections: readonly { rejection: MergeRejection; row: RawRow | undefined }[]): void;
}

const nobody: ImportListener = { header() {}, resumed() {}, progress() {}, rejected() {} };

export interface ImportReport extends RunCounts {
  /** Data rows that were read. */
  rows: number;
}

/**
 * Imports one file. A run that broke off goes on after its last committed chunk when the same file comes again.
 *
 * @throws {@link importRefused} when the file cannot be this entity's, or another import of it runs.
 */
export async function runImport(
  app: App,
  importer: Importer,
  given: Pick<ImportOptions, 'file'> & Partial<ImportOptions>,
  told: Partial<ImportListener> = {},
  rehearsal?: Rehearsal,
): Promise<ImportReport> {
  const options = { ...DEFAULTS, ...given };
  const listener = { ...nobody, ...told };
  const { digest, bytes } = await identify(options.file);
  const session = rehearsal?.session ?? (await openSession(app.connection));
  try {
    if (!(await session.tryLock(LOCKS + Number.parseInt(fingerprint(importer.entity).slice(0, 5), 16)))) {
      throw importRefused({
        reason: `Another import of ${importer.entity} is running on this database. Wait until it has finished.`,
      });
    }
    // A chunk's commit need not wait for the disk: its rows and the line mark are lost together or not at all.
    await session.set({ synchronous_commit: 'off', work_mem: '32MB', timezone: 'UTC' });
    const run = await beginRun(app, importer, options, digest);
    if (run.line > 0) listener.resumed(run.line);
    let read = 0;
    const rows = readRows(options.file, options, (more) => listener.progress((read += more), bytes));
    const loading = { app, session, importer, options, listener, rows, run };
    return await (options.dryRun ? rehearse(loading, rehearsal) : perform(loading));
  } finally {
    if (!rehearsal) await session.close();
  }
}

interface Given {
  app: App;
  session: DatabaseSession;
  importer: Importer;
  options: ImportOptions;
  listener: ImportListener;
  run: Run;
  rows: AsyncGenerator<RawRow>;
}

/** Commits chunk by chunk and remembers how far it came. */
async function perform(given: Given): Promise<ImportReport> {
  const { app, run, importer, session } = given;
  try {
    await loadAll({ ...given, db: session.db, commit: (work) => session.db.transaction().execute(work) });
    await endRun(app.db, run.id, 'finished', app.now());
    await forgetBroken(app.db, run.id);
    const report = reportOf(run);
    await record(app, { action: 'imports.finished', facts: { run: run.id, entity: importer.entity, ...report } });
    return report;
  } catch (error) {
    await endRun(app.db, run.id, 'failed', app.now()).catch(() => undefined);
    throw error;
  }
}

/** Does everything in one transaction and takes it back. */
async function rehearse(given: Given, rehearsal: Rehearsal | undefined): Promise<ImportReport> {
  const transaction = rehearsal?.transaction ?? (await given.session.db.startTransaction().execute());
  try {
    await loadAll({ ...given, db: transaction, commit: (work) => work(transaction) });
    return reportOf(given.run);
  } finally {
    if (!rehearsal) await transaction.rollback().execute();
  }
}

/** Of the whole run, what an earlier call of it did included. */
const reportOf = ({ created, updated, unchanged, rejected }: Run): ImportReport => ({
  rows: created + updated + unchanged + rejected,
  created,
  updated,
  unchanged,
  rejected,
});

async function beginRun(app: App, { entity }: Importer, options: ImportOptions, content: string): Promise<Run> {
  const { file, offset, limit, delimiter, enclosure, hasHeader } = options;
  const digest = fingerprint(JSON.stringify([content, offset, limit ?? null, delimiter, enclosure, hasHeader]));
  const broken = options.dryRun || options.restart ? undefined : await unfinishedRun(app.db, entity, digest);
  if (broken) return broken;
  const run = { id: newId(), line: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  if (!options.dryRun)
    await insertRun(app.db, { ...run, entity, source: file, digest, state: 'running', startedAt: app.now() });
  return run;
}

interface Loading extends Given {
  db: Db;
  commit<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

/** Reads and merges side by side: while the database works on one chunk, the next ones are read. */
async function loadAll(loading: Loading): Promise<void> {
  const { importer, options, listener, run, rows, app } = loading;
  const { columns, first } = await readHeader(rows, importer, options.hasHeader, listener);
  const load = importer.begin(app, run.id, new Set(columns));
  await makeStaging(loading.db, load.staging.table, load.staging.definition);

  const size = options.stopAtFirst ? 1 : CHUNK;
  const merging = inTurn((chunk: Chunk) => mergeChunk(loading, load, chunk), options.stopAtFirst ? 0 : AHEAD);
  const cellsOf = cellReader(columns);
  let chunk = emptyChunk(load);
  let count = 0;
  for await (const row of withFirst(first, rows)) {
    count += 1;
    if (count <= options.offset || row.line <= run.line) continue;
    if (options.limit !== undefined && count > options.offset + options.limit) break;
    const staged = rowProblems(row, columns) ?? load.stage(cellsOf(row));
    const full = chunk.rows >= size || (!Array.isArray(staged) && repeats(chunk, load, staged));
    if (full) {
      await merging.add(chunk);
      chunk = emptyChunk(load);
    }
    if (!Array.isArray(staged)) addToChunk(chunk, load, row.line, staged);
    else for (const problem of staged) chunk.rejections.push({ line: row.line, ...problem });
    chunk.rows += 1;
    chunk.firstLine ||= row.line;
    chunk.lastLine = row.line;
    if (options.keepRows) chunk.raw.set(row.line, row);
  }
  if (chunk.rows > 0) await merging.add(chunk);
  await merging.done();
}

/** Does one task after another while so many may wait. The first failure reaches whoever adds next, or waits for the end. */
function inTurn<T>(task: (item: T) => Promise<void>, ahead: number) {
  const waiting: Promise<void>[] = [];
  let last = Promise.resolve();
  return {
    async add(item: T) {
      last = last.then(() => task(item));
      // Awaited below; until then a failure must not count as unhandled.
      last.catch(() => undefined);
      waiting.push(last);
      if (waiting.length > ahead) await waiting.shift();
    },
    done: () => last,
  };
}

/** The header, and the first data row where the file has none. */
async function readHeader(
  rows: AsyncGenerator<RawRow>,
  importer: Importer,
  hasHeader: boolean,
  listener: ImportListener,
): Promise<{ columns: string[]; first: RawRow | undefined }> {
  const next = await rows.next();
  const record: RawRow | undefined = next.done ? undefined : next.value;
  if (!record) throw importRefused({ reason: 'The file has no rows.' });
  const known = importer.columns.map(({ name }) => name);
  const columns = hasHeader ? record.cells.map((name) => name.trim()) : known.slice(0, record.cells.length);
  const missing = importer.columns
    .filter(({ name, required }) => required && !columns.includes(name))
    .map(({ name }) => name);
  if (missing.length > 0) {
    const found = columns.join(', ');
    throw importRefused({
      reason: `This is no file of ${importer.entity}: the ${missing.length > 1 ? 'columns' : 'column'} ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing. It has: ${found.length > 300 ? `${found.slice(0, 300)}…` : found}. Another delimiter? See --delimiter.`,
    });
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at && known.includes(name));
  if (twice) throw importRefused({ reason: `The column ${twice} stands twice in the header.` });
  listener.header(
    columns,
    columns.filter((name) => !known.includes(name)),
  );
  return { columns, first: hasHeader ? undefined : record };
}

async function* withFirst(first: RawRow | undefined, rows: AsyncGenerator<RawRow>): AsyncGenerator<RawRow> {
  if (first) yield first;
  yield* rows;
}

/** How to find a column's cell in a record, looked up once for all rows. */
function cellReader(columns: readonly string[]) {
  const places = new Map(columns.map((name, at) => [name, at]));
  return (row: RawRow) => (column: string) => {
    const at = places.get(column);
    return at === undefined ? '' : (row.cells[at] ?? '');
  };
}

/** What is wrong with a row before its entity looks at it. */
function rowProblems({ cells }: RawRow, columns: readonly string[]): RowProblem[] | undefined {
  if (cells.length !== columns.length)
    return [{ column: '', problem: `has ${cells.length} cells, the header has ${columns.length}` }];
  const unreadable = cells.findIndex((text) => text.includes('\0') || text.includes('\uFFFD'));
  return unreadable < 0
    ? undefined
    : [{ column: columns[unreadable] ?? '', problem: 'has characters that are no text in this encoding' }];
}

/** Copies a chunk into staging, merges it and notes how far the run has come, in one transaction. */
async function mergeChunk(loading: Loading, load: Load, chunk: Chunk): Promise<void> {
  const { session, options, listener, run, commit } = loading;
  await hashPlain(loading, load, chunk);
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

/** What the database has against a chunk, said to the person who imports it. */
async function inWords<T>({ firstLine, lastLine }: Chunk, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = databaseComplaint(error);
    if (message === undefined) throw error;
    throw importRefused({
      reason: `The database refuses something on the lines ${firstLine} to ${lastLine}: ${message}. Rows before them are in.`,
    });
  }
}
