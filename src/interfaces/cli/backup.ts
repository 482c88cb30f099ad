import { dump } from '../../platform/database/backup/dump.ts';
import { writeBackupFile } from '../../platform/database/backup/file.ts';
import { backupRefused } from '../../platform/database/backup/format.ts';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database/open.ts';
import { openLog } from '../../platform/log.ts';
import { readVersion } from '../../platform/version.ts';
import { configCommand } from './command.ts';
import { endOnSignals } from './signals.ts';

export const backup = configCommand({
  name: 'backup',
  summary: 'Write the embedded database into one file, while the server runs',
  usage: 'FILE',
  notes: `
The file is compressed, has a checksum, is readable by its owner only, and is there once it is complete. It holds everything
but SECRET: keep that, or DATA_DIR/secret, in another place. It holds personal data, so keep it no longer than you need it.

  clientele backup shop-$(date +%F).backup
  clientele restore shop-2026-11-30.backup`,
  async run(config, { words: [file] }, { out, progress }) {
    if (file === undefined) {
      out('Into which file? See `clientele backup --help`.');
      return 2;
    }
    if (config.DATABASE_URL !== undefined) {
      out(
        'The database is a server of your own (DATABASE_URL). Use its tools: pg_dump --format=custom --file=FILE URL',
      );
      return 1;
    }
    const stopListening = endOnSignals();
    const database = await openDatabase(config, openLog({ LOG_LEVEL: 'warn' }, 2), { create: false });
    try {
      let rows = 0;
      const parts = dump(database.connection, {
        version: await readVersion(),
        now: systemClock.now(),
        started: progress.start,
      });
      const counted = async function* () {
        for await (const part of parts) {
          if (part.kind === 'end') progress.update((rows += part.rows));
          yield part;
        }
      };
      const bytes = await writeBackupFile(file, counted());
      progress.stop();
      out(`${rows} rows are in ${file} (${Math.ceil(bytes / 1e6)} MB). The secret is not: keep it in another place.`);
      return 0;
    } catch (error) {
      progress.stop();
      if (!backupRefused.is(error)) throw error;
      out(error.details.reason);
      return 1;
    } finally {
      await database.close();
      stopListening();
    }
  },
});
