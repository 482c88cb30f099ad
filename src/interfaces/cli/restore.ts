import { reapplyErasures } from '../../domain/customers/index.ts';
import type { App } from '../../platform/app.ts';
import type { Config } from '../../platform/config.ts';
import { verifyBackupFile } from '../../platform/database/backup/file.ts';
import { backupRefused, type Header, readParts } from '../../platform/database/backup/format.ts';
import { load, takeRestoredJobs } from '../../platform/database/backup/load.ts';
import { createRestored, dropRestored, erasedIn, hasContent, swapIn } from '../../platform/database/backup/swap.ts';
import { type EmbeddedDatabase, openEmbedded } from '../../platform/database/embedded.ts';
import { isServed } from '../../platform/database/hold.ts';
import { openPool, poolOptions } from '../../platform/database/open.ts';
import { erasureListFile, readErasureList } from '../../platform/erasure-list.ts';
import { openLog } from '../../platform/log.ts';
import { startRefused } from '../../platform/problem.ts';
import { configCommand, type OpenOn, type Terminal } from './command.ts';
import { endOnSignals } from './signals.ts';

export const restore = configCommand({
  name: 'restore',
  summary: 'Fill the embedded database from a file that `clientele backup` wrote',
  usage: 'FILE',
  example: 'shop-2026-12-01.backup',
  options: {
    replace: { type: 'boolean', help: 'although there are customers or users in the database, which are lost' },
    erased: {
      type: 'string',
      value: 'FILE',
      help: 'erase the customers in this copy of DATA_DIR/erased-customers too',
    },
  },
  notes: `
Stop the server first. All or nothing: the file is checked, its rows go into a database beside the one in use, and that takes
its place in the end. Files of older versions are brought up to date. Whoever was erased after the backup, by
DATA_DIR/erased-customers or by the database that is replaced, is erased again before anybody can see them.`,
  async run(config, { options, words: [file] }, terminal, openOn) {
    if (file === undefined || !openOn) {
      terminal.out('From which file? See `clientele restore --help`.');
      return 2;
    }
    if (config.DATABASE_URL !== undefined) {
      terminal.out(
        'The database is a server of your own (DATABASE_URL). Use its tools: pg_restore --exit-on-error --no-owner --dbname=URL FILE',
      );
      return 1;
    }
    const stopListening = endOnSignals();
    try {
      const { header, rows } = await verifyBackupFile(file);
      const erased = [...(await readErasureList(erasureListFile(config)))];
      if (options.erased !== undefined) erased.push(...(await readErasureList(options.erased)));
      const embedded = await openEmbedded(config.DATA_DIR, [], { create: true, afterLoss: true });
      try {
        await refuseUse(config, embedded, options.replace);
        erased.push(...(await erasedIn(embedded.connection)));
        terminal.progress.start(rows);
        const { count, hasOtherSecret } = await fill({ config, embedded, file, header, erased, terminal, openOn });
        if (count > 0) terminal.out(`${count} customers who were erased after the backup were erased again.`);
        if (hasOtherSecret) terminal.out(OTHER_SECRET);
      } finally {
        await embedded.close();
      }
      terminal.out(`${rows} rows of ${header.createdAt} (Clientele ${header.version}) are in the database.`);
      return 0;
    } catch (error) {
      if (!backupRefused.is(error)) throw error;
      terminal.progress.stop();
      terminal.out(error.details.reason);
      return 1;
    } finally {
      stopListening();
    }
  },
});

async function refuseUse(config: Config, { connection }: EmbeddedDatabase, replace: boolean) {
  if (await isServed(connection))
    throw backupRefused({ reason: `A server uses the database in ${config.DATA_DIR}. Stop it first.` });
  if (!replace && (await hasContent(connection)))
    throw backupRefused({
      reason: `The database in ${config.DATA_DIR} is not empty. Choose another DATA_DIR, or lose what is in it with --replace.`,
    });
}

const OTHER_SECRET =
  'SECRET is not the one of the backup: set that one, or put its file back into the data folder, before you start. Where it is lost, run `clientele secret:reset`.';

interface Filling {
  config: Config;
  embedded: EmbeddedDatabase;
  file: string;
  header: Header;
  erased: readonly string[];
  terminal: Terminal;
  openOn: OpenOn;
}

/** Fills a database beside the one in use, and puts it in its place when everything in it is right. */
async function fill({ config, embedded, file, header, erased, terminal, openOn }: Filling) {
  const addresses = await createRestored(embedded.superuser);
  try {
    await load(addresses, header, readParts(file), terminal.progress.update);
    terminal.progress.stop();
    const log = openLog({ LOG_LEVEL: 'warn' }, 2);
    const open = async (anySecret: boolean) => {
      const { db, close } = openPool(addresses.owner, poolOptions(config), log);
      const database = { db, close, connection: addresses.owner, embedded: true, home: embedded.home };
      return openOn(database, { anySecret });
    };
    let hasOtherSecret = false;
    const { app, close } = await open(false).catch((error: unknown) => {
      if (!startRefused.is(error)) throw error;
      hasOtherSecret = true;
      return open(true);
    });
    let count = 0;
    try {
      await queueAgain(app, takeRestoredJobs(addresses.owner));
      count = await reapplyErasures(app, erased);
    } finally {
      await close();
    }
    await refuseUse(config, embedded, true);
    await swapIn(embedded.superuser);
    return { count, hasOtherSecret };
  } catch (error) {
    await dropRestored(embedded.superuser);
    throw error;
  }
}

async function queueAgain(app: App, jobs: AsyncIterable<{ name: string; payloads: object[] }>) {
  for await (const { name, payloads } of jobs)
    await app.queue.add(app.db, name, payloads).catch((error: unknown) => {
      app.log.warn({ error, job: name, count: payloads.length }, 'jobs of the backup were left out');
    });
}
