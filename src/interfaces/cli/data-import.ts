import { resolve } from 'node:path';
import {
  type Action,
  encodingNamed,
  importerOf,
  importers,
  importRefused,
  type Manifest,
  openRehearsal,
  readManifest,
  type Rehearsal,
  runImport,
  flagOf,
  NOT_UTF8,
  REGISTERED_HERE,
} from '../../domain/imports/index.ts';
import type { App } from '../../platform/app.ts';
import { command, configCommand, type Options, type Terminal } from './command.ts';
import { openRejects, type Rejects } from './rejects.ts';

const options = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: 'YAML manifest: entities and their files',
    default: 'import.yml',
  },
  'file-name': { type: 'string', short: 'f', value: 'FILE', help: 'CSV of the named entity, instead of a manifest' },
  offset: { type: 'string', short: 'o', value: 'N', help: 'data rows to pass over', default: '0' },
  limit: { type: 'string', short: 'l', value: 'N', help: 'data rows to read; without it all' },
  delimiter: {
    type: 'string',
    short: 'd',
    value: 'CHAR',
    help: 'between cells; without it comma, semicolon, tab or pipe, as the file has it',
  },
  encoding: {
    type: 'string',
    value: 'NAME',
    help: 'utf-8, windows-1252, latin-1 or utf-16; a byte order mark says it anyway',
    default: 'utf-8',
  },
  enclosure: { type: 'string', short: 'e', value: 'CHAR', help: 'around cells', default: '"' },
  escape: { type: 'string', short: 's', value: 'CHAR', help: 'before an enclosure within a cell', default: '"' },
  'has-header': {
    type: 'string',
    short: 'r',
    value: 'FLAG',
    help: 'whether the first row names the columns; false takes them in the order of data:import:dump',
    default: 'true',
  },
  'throw-exception': { type: 'boolean', short: 't', help: 'stop at the first row that is rejected' },
  group: { type: 'string', short: 'g', value: 'GROUP', help: 'FULL; kept for scripts', default: 'FULL' },
  'dry-run': { type: 'boolean', help: 'check every row and count, change nothing' },
  rejects: {
    type: 'string',
    value: 'FILE',
    help: 'write rejected rows to FILE, as they were, to be mended and imported again',
  },
  report: { type: 'string', value: 'FILE', help: 'write every problem to FILE: line, column, problem' },
  'raw-rejects': {
    type: 'boolean',
    help: 'write rejected rows exactly as they were; a spreadsheet may take cells that begin with = + - @ for formulas',
  },
  'plain-passwords': {
    type: 'boolean',
    help: 'the column password may have passwords in plain text; without it they come in password_plain',
  },
  'new-references': {
    type: 'boolean',
    help: 'customers whose reference another one drew here get a new one; a confirmed account here with the same address is theirs',
  },
  'local-references': {
    type: 'boolean',
    help: 'rows name customers by the references of this shop; without it only by those that imports brought',
  },
  'skip-unknown': {
    type: 'boolean',
    help: 'pass over entities of the manifest that are not imported here, and name them in the summary',
  },
  restart: { type: 'boolean', help: 'begin at the first row although an earlier run broke off in the middle' },
} as const;

/** Problems printed before the rest is left to the report. */
const PRINTED = 20;

export const dataImport = command({
  name: 'data:import',
  summary: 'Import CSV files: all of a manifest, or those of one entity',
  usage: '[ENTITY]',
  options,
  notes: `
Rows that cannot be imported are listed with line, column and problem; the others are imported all the same.
A run that broke off goes on where it stopped when the same file is imported again. Importing a file twice changes nothing.
Exit status: 0 all rows are in, 1 some were rejected or something failed, 2 the call was wrong.

  clientele data:import --config=import.yml --dry-run
  clientele data:import customer --file-name=customer.csv --rejects=rejects.csv`,
  async run(app, { options, words: [entity] }, terminal) {
    const mistake = mistakeIn(options, entity);
    if (mistake) {
      terminal.out(mistake);
      return 2;
    }
    const { rejects: rows, report, 'raw-rejects': isRaw } = options;
    let rejects: Rejects | undefined;
    try {
      rejects = openRejects({ rows, report, isRaw });
      const { actions, skipped } = await manifestOf(options, entity);
      let failed = false;
      terminal.onInterrupt(options['dry-run'] ? () => 'Interrupted. Nothing was changed.' : goOn);
      // What is tried out is tried out together: an order finds the customer of the file before.
      const rehearsal = options['dry-run'] ? await openRehearsal(app) : undefined;
      try {
        for (const action of actions)
          failed = !(await runAction(app, action, { options, rejects, terminal, rehearsal })) || failed;
      } finally {
        await rehearsal?.close();
      }
      if (skipped.length > 0) terminal.out(`Passed over, as it is not imported here: ${skipped.join(', ')}`);
      terminal.out(`Overall Import status: ${failed ? 'Failed' : 'Successful'}`);
      return failed ? 1 : 0;
    } catch (error) {
      if (!importRefused.is(error)) throw error;
      terminal.out(error.details.reason);
      return 1;
    } finally {
      terminal.onInterrupt(undefined);
      rejects?.close();
    }
  },
});

/** With `--restart` the same command would begin anew. */
const goOn = (call: string) =>
  `Interrupted. Rows up to the last chunk that was committed are in, none of them by half. To go on after them:\n  ${call.replaceAll(' --restart', '')}`;

type Given = Options<typeof options>;

const hasHeader = (given: Given) => flagOf(given['has-header']) !== false;
const delimiterOf = ({ delimiter }: Given) => (delimiter === '\\t' ? '\t' : delimiter);

function mistakeIn(
  { offset, limit, delimiter, encoding, enclosure, group, 'file-name': file, 'has-header': header }: Given,
  entity: string | undefined,
): string | undefined {
  if (!/^\d+$/.test(offset) || (limit !== undefined && !/^\d+$/.test(limit)))
    return 'offset and limit are whole numbers.';
  if (flagOf(header) === undefined) return 'has-header is true or false.';
  if (encodingNamed(encoding) === undefined)
    return `There is no encoding ${encoding}. There is: utf-8, windows-1252, latin-1, utf-16.`;
  if (delimiter === '' || enclosure.length > 1) return 'delimiter is one character or more, enclosure one or none.';
  if (file !== undefined && !entity) return 'Which entity is in the file? data:import customer --file-name=…';
  if (!['FULL', 'QUEUE_READERS', 'QUEUE_WRITERS'].includes(group)) return 'group is FULL.';
  if (group !== 'FULL')
    return entity
      ? 'A group cannot be combined with an entity.'
      : 'There are no queues between reading and writing here; only FULL does something.';
  return undefined;
}

async function manifestOf(
  { config, 'file-name': file, 'skip-unknown': skipUnknown }: Given,
  entity: string | undefined,
): Promise<Manifest> {
  if (entity && file !== undefined)
    return { actions: [{ importer: importerOf(entity), file: resolve(file) }], skipped: [] };
  return readManifest(config, { entity, skipUnknown });
}

/** Runs one action and prints its report; false when not every row is in. */
async function runAction(
  app: App,
  { importer, file }: Action,
  {
    options,
    rejects,
    terminal: { out, progress },
    rehearsal,
  }: { options: Given; rejects: Rejects; terminal: Terminal; rehearsal: Rehearsal | undefined },
): Promise<boolean> {
  const started = app.now().getTime();
  let printed = 0;
  let isShown = false;
  let isRegistered = false;
  let isOtherEncoding = false;
  out(`Importer type: ${importer.entity}\nImporter source: ${file}`);
  try {
    if ([options.rejects, options.report].some((path) => path !== undefined && resolve(path) === file))
      throw importRefused({
        reason: `${file} cannot be read and written at once: name another file for rejects and report.`,
      });
    const report = await runImport(
      app,
      importer,
      {
        file,
        offset: Number(options.offset),
        limit: options.limit === undefined ? undefined : Number(options.limit),
        delimiter: delimiterOf(options),
        encoding: options.encoding,
        enclosure: options.enclosure,
        escape: options.escape,
        hasHeader: hasHeader(options),
        dryRun: options['dry-run'],
        plainPasswords: options['plain-passwords'],
        newReferences: options['new-references'],
        localReferences: options['local-references'],
        stopAtFirst: options['throw-exception'],
        restart: options.restart,
        keepRows: options.rejects !== undefined,
      },
      {
        header(source, unknown) {
          rejects.source(source);
          if (unknown.length > 0) out(`Columns that mean nothing here and are passed over: ${unknown.join(', ')}`);
        },
        resumed(line) {
          rejects.goOn();
          out(`An earlier run of this file broke off; going on after line ${line}. (--restart begins anew.)`);
        },
        progress(read, total, rows) {
          if (!isShown) progress.start(total, 'bytes');
          isShown = true;
          progress.update(read, rows);
        },
        rejected(found) {
          rejects.write(found);
          for (const {
            rejection: { line, column, problem },
          } of found) {
            printed += 1;
            isRegistered ||= problem === REGISTERED_HERE;
            isOtherEncoding ||= problem.endsWith(NOT_UTF8);
            if (printed <= PRINTED) out(`line ${line}: ${[column, problem].filter(Boolean).join(' ')}`);
          }
        },
      },
      rehearsal,
    );
    progress.stop();
    if (printed > PRINTED)
      out(
        `… and ${printed - PRINTED} problems more${options.report ? `, all in ${options.report}` : '; --report=FILE writes them all'}`,
      );
    if (isOtherEncoding)
      out(`These rows are not in UTF-8. Import ${options.rejects ?? 'the file'} again with --encoding=windows-1252.`);
    if (isRegistered)
      out(
        importer.entity === 'customer'
          ? '--new-references gives rows whose reference was drawn here another one.'
          : '--local-references, if the rows mean customers who registered here.',
      );
    const { rows, created, updated, unchanged, rejected, passwordKinds } = report;
    const imported = created + updated + unchanged;
    out(
      `Importable DataSets: ${rows}\nImported DataSets: ${imported} (${created} created, ${updated} updated, ${unchanged} unchanged)\nRejected DataSets: ${rejected}`,
    );
    if (Object.keys(passwordKinds).length > 0) out(`Passwords: ${countsOf(passwordKinds)}`);
    if (options.rejects && rejected > 0) out(`Rejected rows are in ${options.rejects}`);
    out(
      `Import Time Used: ${((app.now().getTime() - started) / 1000).toFixed(2)} s\nImport status: ${rejected > 0 ? 'Failed' : 'Successful'}${options['dry-run'] ? ' (dry run: nothing was changed)' : ''}\n`,
    );
    return rejected === 0;
  } catch (error) {
    progress.stop();
    if (!importRefused.is(error)) throw error;
    out(`${error.details.reason}\nImport status: Failed\n`);
    return false;
  }
}

/** `bcrypt 812,004 · md5:salt 40,112 · none 31,002 · refused 12` */
function countsOf(kinds: Readonly<Record<string, number>>): string {
  const last = ['none', 'refused'];
  return Object.entries(kinds)
    .toSorted(([a, most], [b, more]) => last.indexOf(a) - last.indexOf(b) || more - most)
    .map(([kind, count]) => `${kind} ${count.toLocaleString('en')}`)
    .join(' · ');
}

export const dataImportDump = configCommand({
  name: 'data:import:dump',
  summary: 'List what can be imported, with the columns of each file',
  async run(_config, _call, { out }) {
    for (const { entity, summary, columns } of importers) {
      out(`${entity}: ${summary}`);
      for (const { name, required, help } of columns) out(`    ${name}${required ? ' (required)' : ''}: ${help}`);
    }
    return 0;
  },
});
