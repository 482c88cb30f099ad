import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { importerOf, runImport } from '../src/domain/imports/index.ts';
import type { World } from './app.ts';

/** What an import may be told besides its file. */
export type ImportFlags = Omit<Parameters<typeof runImport>[2], 'file'>;

/** Call at the top of a test file that imports: a folder for its files, and two ways to import what they hold. */
export function useImports(world: World) {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-import-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Imports a file with this content from the console. */
  function load(entity: string, content: string | Buffer, options?: ImportFlags) {
    const file = join(folder, `${entity}.csv`);
    writeFileSync(file, content);
    return importFile(world, entity, file, options);
  }
  return { folder, load, loadLines: (entity: string, ...lines: string[]) => load(entity, lines.join('\n')) };
}

/** The report of an import and what was told on the way; `rejections` are `line column problem`. */
export async function importFile(world: World, entity: string, file: string, options: ImportFlags = {}) {
  const rejections: string[] = [];
  const unknown: string[] = [];
  const resumed: number[] = [];
  const report = await runImport(
    { ...world.app, origin: { door: 'console', actor: 'console' } },
    importerOf(entity),
    { ...options, file },
    {
      header: (_columns, others) => void unknown.push(...others),
      resumed: (line) => void resumed.push(line),
      rejected: (found) => {
        for (const { rejection } of found)
          rejections.push(`${rejection.line} ${rejection.column} ${rejection.problem}`);
      },
    },
  );
  return { ...report, rejections, unknown, resumed };
}

/** Rows as lines of a file, every cell quoted. */
export const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
