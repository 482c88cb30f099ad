import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../../domain/imports/index.ts';
import { exporters, exportFormats, runExport } from '../../domain/exports/index.ts';
import { listStores } from '../../domain/stores/index.ts';
import { command, type Terminal } from './command.ts';
import { didYouMean } from './did-you-mean.ts';

const entities = exporters.map(({ entity }) => entity);

export const dataExport = command({
  name: 'data:export',
  summary: 'Export customers or their addresses, in the columns that data:import reads',
  usage: 'ENTITY',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write to FILE; without it to standard output' },
    format: { type: 'string', value: 'FORMAT', help: 'csv, or jsonl: a JSON object a line', default: 'csv' },
    store: { type: 'string', value: 'NAME', help: 'only customers of this store' },
    'with-passwords': { type: 'boolean', help: 'hashes of passwords too, for moving to another instance' },
  },
  notes: `
Entities: ${entities.join(', ')}. Accounts that were erased are left out.
A file is there once it is complete, readable by its owner only. It holds personal data: keep it as you keep backups.

  clientele data:export customer --output=customers.csv
  clientele data:export customer-address --format=jsonl | gzip > addresses.jsonl.gz`,
  async run(app, { options, words: [entity = ''] }, terminal) {
    const exporter = exporters.find((each) => each.entity === entity);
    const format = exportFormats.find((each) => each === options.format);
    if (!exporter) return refused(terminal, `Which entity? There is: ${entities.join(', ')}.`, entity, entities);
    if (!format) return refused(terminal, `--format is ${exportFormats.join(' or ')}.`, options.format, exportFormats);
    const stores = (await listStores(app)).map(({ name }) => name);
    if (options.store !== undefined && !stores.includes(options.store))
      return refused(terminal, `There is no store ${options.store}.`, options.store, stores);

    terminal.progress.start(await exporter.count(app.db));
    let count = 0;
    const text = runExport(
      app,
      exporter,
      { format, store: options.store, withPasswords: options['with-passwords'] },
      (rows) => {
        count = rows;
        terminal.progress.update(rows);
      },
    );
    try {
      if (options.output === undefined) for await (const piece of text) await terminal.print(piece);
      else await writeFile(text, options.output);
    } catch (error) {
      const isFileTrouble = error instanceof Error && 'syscall' in error && 'path' in error;
      if (!isFileTrouble) throw error;
      terminal.progress.stop();
      terminal.out(`${options.output} cannot be written${errorCode(error)}.`);
      return 1;
    }
    terminal.progress.stop();
    if (options.output !== undefined) terminal.out(`${count} rows are in ${options.output}.`);
    return 0;
  },
});

function refused({ out }: Terminal, sentence: string, typed: string, known: readonly string[]): number {
  out(`${sentence}${didYouMean(typed, known)}`);
  return 2;
}

/** Under another name until it is complete: a file of the name given is never half an export. */
async function writeFile(text: AsyncIterable<string>, file: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(text), createWriteStream(part, { mode: 0o600 }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}
