import type { App } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { openSession } from '../../platform/database/session.ts';
import { newId } from '../../platform/id.ts';
import type { DatabaseGauges } from '../../platform/metrics/database-gauges.ts';
import { record } from '../audit/index.ts';
import { raiseNumber } from '../customers/index.ts';
import { addToChunk, type Chunk, emptyChunk, noteUnique } from './chunk.ts';
import type { Importer } from './importer.ts';
import type { Given, ImportListener, ImportOptions, Loading } from './importer.ts';
import { mergeChunk } from './merge-chunk.ts';
import { persistently, withSavepoint } from '../../platform/import/persist.ts';
import { importRefused } from '../../platform/import/problems.ts';
import {
  endRun,
  forgetBroken,
  insertRun,
  makeStaging,
  passwordKindsOf,
  type Run,
  type RunCounts,
  sumOfRuns,
  unfinishedRun,
} from './queries.ts';
import { cellReader, readHeader, rowProblems, withFirst } from './read-header.ts';
import { type CsvFormat, formatOf } from '../../platform/import/csv-format.ts';
import { firstLines } from '../../platform/import/first-lines.ts';
import { identify, type RawRow, readRows } from '../../platform/import/read-rows.ts';
import { highestNumber } from '../../platform/import/highest-number.ts';
import type { Rehearsal } from '../../platform/import/rehearsal.ts';

/** Rows merged in one transaction: large enough that a million take seconds, small enough to resume near a crash. */
const CHUNK = 5000;

/** Chunks that may wait for the database while the next one is read; each is some 15 MB. */
const AHEAD = 1;

/** Advisory locks of imports start here, one an entity. */
const LOCKS = 4_712_000;

/** All of a file with a header. */
const DEFAULTS: Omit<ImportOptions, 'file'> = {
  offset: 0,
  limit: undefined,
  delimiter: undefined,
  encoding: undefined,
  enclosure: '"',
  escape: '"',
  hasHeader: true,
  dryRun: false,
  plainPasswords: false,
  newReferences: false,
  localReferences: false,
  stopAtFirst: false,
  restart: false,
  keepRows: false,
};

const nobody: ImportListener = { header() {}, resumed() {}, progress() {}, rejected() {} };

export interface ImportReport extends RunCounts {
  /** Data rows that were read. */
  rows: number;
  /** How many rows have a password of which kind; none for files without passwords. */
  passwordKinds: Readonly<Record<string, number>>;
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
  let rows: AsyncGenerator<RawRow> | undefined;
  try {
    if (!(await session.tryLock(LOCKS + Number.parseInt(fingerprint(importer.entity).slice(0, 5), 16)))) {
      throw importRefused({
        reason: `Another import of ${importer.entity} is running on this database. Wait until it has finished.`,
      });
    }
    // A chunk's commit need not wait for the disk: its rows and the line mark are lost together or not at all.
    await session.set({ synchronous_commit: 'off', work_mem: '32MB', timezone: 'UTC' });
    const format = await formatOf(options.file, options);
    const run = await beginRun(app, importer, options, { digest, format });
    if (run.line > 0) listener.resumed(run.line);
    let read = 0;
    const rowsOf = ({ created, updated, unchanged, rejected }: Run) => created + updated + unchanged + rejected;
    rows = readRows(options.file, format, (more) => listener.progress((read += more), bytes, rowsOf(run)));
    const loading = { app, session, importer, options, listener, format, rows, run };
    const report = await (options.dryRun ? rehearse(loading, rehearsal) : perform(loading));
    listener.progress(read, bytes, rowsOf(run));
    return report;
  } finally {
    // Closes the file where not all of it was read.
    await rows?.return(undefined);
    if (!rehearsal) await session.close();
  }
}

/** Commits chunk by chunk and remembers how far it came. */
async function perform(given: Given): Promise<ImportReport> {
  const { app, run, importer, session } = given;
  try {
    await loadAll({
      ...given,
      db: session.db,
      commit: (work) => persistently(app, () => session.db.transaction().execute(work)),
    });
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
    await loadAll({
      ...given,
      db: transaction,
      commit: (work) => persistently(given.app, () => withSavepoint(transaction, work)),
    });
    return reportOf(given.run);
  } finally {
    if (!rehearsal) await transaction.rollback().execute();
  }
}

/** Of the whole run, what an earlier call of it did included. */
const reportOf = ({ created, updated, unchanged, rejected, passwordKinds }: Run): ImportReport => ({
  rows: created + updated + unchanged + rejected,
  created,
  updated,
  unchanged,
  rejected,
  passwordKinds,
});

async function beginRun(
  app: App,
  { entity }: Importer,
  options: ImportOptions,
  { digest: content, format }: { digest: string; format: CsvFormat },
): Promise<Run> {
  const { file, offset, limit, hasHeader } = options;
  const { encoding, marks } = format;
  const digest = fingerprint(JSON.stringify([content, offset, limit ?? null, encoding, marks, hasHeader]));
  const broken = options.dryRun || options.restart ? undefined : await unfinishedRun(app.db, entity, digest);
  if (broken) return { ...broken, passwordKinds: passwordKindsOf(broken.passwordKinds) };
  const run: Run = { id: newId(), line: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, passwordKinds: {} };
  if (!options.dryRun)
    await insertRun(app.db, {
      ...run,
      passwordKinds: '{}',
      entity,
      source: file,
      digest,
      state: 'running',
      startedAt: app.now(),
    });
  return run;
}

/** Reads and merges side by side: while the database works on one chunk, the next ones are read. */
async function loadAll(loading: Loading): Promise<void> {
  const { importer, options, listener, run, format, app } = loading;
  const { hasHeader } = options;
  const { columns, first } = await readHeader(loading.rows, importer, { hasHeader, format, listener });
  const load = importer.begin(app, run.id, new Set(columns), options);
  await reserveReferences(loading, columns);
  await makeStaging(loading.db, load.staging.table, load.staging.definition);

  const size = options.stopAtFirst ? 1 : CHUNK;
  const merging = inTurn((chunk: Chunk) => mergeChunk(loading, load, chunk), options.stopAtFirst ? 0 : AHEAD);
  const cellsOf = cellReader(columns);
  const seen = load.unique.map(() => firstLines());
  const { rows, brokenOff } = untilRefused(withFirst(first, loading.rows));
  let chunk = emptyChunk();
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count <= options.offset) continue;
    if (options.limit !== undefined && count > options.offset + options.limit) break;
    const problems = rowProblems(row, columns);
    const staged = problems ? { problems } : load.stage(cellsOf(row));
    if (row.line <= run.line) {
      if ('values' in staged) noteUnique(load, seen, row.line, staged);
      continue;
    }
    if (chunk.rows >= size) {
      await merging.add(chunk);
      chunk = emptyChunk();
    }
    addToChunk(chunk, load, seen, row.line, staged);
    chunk.rows += 1;
    chunk.firstLine ||= row.line;
    chunk.lastLine = row.line;
    if (options.keepRows) chunk.raw.set(row.line, row);
  }
  if (chunk.rows > 0) await merging.add(chunk);
  await merging.done();
  const refused = brokenOff();
  if (refused !== undefined) throw importRefused({ reason: `${refused} ${rowsIn(run, options.dryRun)}` });
  if (load.finish && !options.dryRun) await loading.commit((db) => load.finish?.(db) ?? Promise.resolve());
}

/** The rows up to where the file cannot be read any further, and then what is wrong there. */
function untilRefused(rows: AsyncGenerator<RawRow>) {
  let reason: string | undefined;
  async function* readable() {
    try {
      yield* rows;
    } catch (error) {
      if (!importRefused.is(error)) throw error;
      ({ reason } = error.details);
    }
  }
  return { rows: readable(), brokenOff: () => reason };
}

function rowsIn({ created, updated, unchanged }: Run, isDryRun: boolean): string {
  const count = created + updated + unchanged;
  const rows = count === 1 ? 'row' : 'rows';
  if (isDryRun) return `${count} ${rows} before that would be in.`;
  return `${count} ${rows} before that ${count === 1 ? 'is' : 'are'} in.`;
}

/**
 * Lets references that are drawn from now on go on after those of the file, before its first row is in: who registers
 * during the import gets none that a later row has.
 */
async function reserveReferences(
  { db, importer, options, format }: Loading,
  columns: readonly string[],
): Promise<void> {
  const column = columns.indexOf(importer.references ?? '');
  // A dry run would keep registrations waiting until its end.
  if (column < 0 || options.dryRun) return;
  await raiseNumber(db, await highestNumber(options.file, format, column));
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

/** Rows of all imports so far. The console imports and is not scraped, so its runs are read where it notes them. */
export const importGauges: DatabaseGauges = {
  gauges: {
    clientele_import_rows: {
      help: 'Rows of all imports so far, by entity and outcome: created, updated, unchanged or rejected',
      labels: ['entity', 'outcome'],
    },
    clientele_import_runs: {
      help: 'Runs of imports, by entity and state: running, finished or failed',
      labels: ['entity', 'state'],
    },
  },
  async read(db) {
    const runs = await sumOfRuns(db);
    return runs.flatMap(({ entity, state, runs, ...rows }) => [
      { gauge: 'clientele_import_runs', labels: { entity, state }, value: runs },
      ...Object.entries(rows).map(([outcome, value]) => ({
        gauge: 'clientele_import_rows',
        labels: { entity, outcome },
        value,
      })),
    ]);
  },
};
