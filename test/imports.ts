import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { addressesOf } from '../src/domain/addresses/index.ts';
import { customerByReference } from '../src/domain/customers/index.ts';
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

type Cells = Record<string, string>;

let series = 0;

/** Call at the top of a test file that imports addresses. */
export function useAddressImports(world: World) {
  const { loadLines } = useImports(world);

  /** Customers of their own, by their references. */
  async function customers(count = 1): Promise<string[]> {
    series += 1;
    const references = Array.from({ length: count }, (_, at) => `A${series}--${at + 1}`);
    await loadLines('customer', 'customer_reference,email', ...references.map((one) => `${one},${one}@example.org`));
    return references;
  }

  async function customer(): Promise<string> {
    const [reference = ''] = await customers();
    return reference;
  }

  /** Imports addresses, each in Berlin unless it says otherwise. */
  function addresses(...rows: Cells[]) {
    const columns = [...new Set(['zip_code', 'region', ...rows.flatMap(Object.keys), ...Object.keys(inBerlin)])];
    return loadLines(
      'customer-address',
      columns.join(','),
      csv(rows.map((row) => columns.map((name) => row[name] ?? inBerlin[name] ?? ''))),
    );
  }

  /** The addresses that a customer has now. */
  async function stored(reference: string) {
    const found = await customerByReference(world.app.db, reference);
    return addressesOf(world.app.db, found?.id ?? '');
  }
  return { loadLines, customers, customer, addresses, stored };
}

const inBerlin: Cells = {
  customer_reference: '',
  first_name: 'Ida',
  last_name: 'Noor',
  address1: 'Torstraße',
  address2: '1',
  zip_code: '10119',
  city: 'Berlin',
  country_iso2_code: 'DE',
};
