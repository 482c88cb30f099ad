import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { addressImporter } from './address.ts';
import { companyImporters } from './company.ts';
import { customerImporter } from './customer.ts';
import type { Importer } from './importer.ts';
import { orderImporter, orderItemImporter } from './order.ts';
import { importRefused } from '../../platform/import/problems.ts';

/** Every entity that can be imported; another one is a file and a line here. */
export const importers: readonly Importer[] = [
  customerImporter,
  addressImporter,
  ...companyImporters,
  orderImporter,
  orderItemImporter,
];

/** @throws {@link importRefused} naming the entities there are. */
export function importerOf(entity: string): Importer {
  const importer = importers.find((importer) => importer.entity === entity);
  if (importer) return importer;
  throw importRefused({
    reason: `Requested import type "${entity}" was not found. There is: ${importers.map(({ entity }) => entity).join(', ')}.`,
  });
}

const Manifest = z.object({
  version: z.number().optional(),
  actions: z.array(z.object({ data_entity: z.string(), source: z.string() })).min(1),
});

export interface Action {
  importer: Importer;
  file: string;
}

/**
 * The actions of a YAML manifest in their order, all of them or those of one entity. Sources are found beside
 * the manifest, or from the working folder.
 *
 * @throws {@link importRefused} for a manifest that cannot be read or names an entity that is not known.
 */
export async function readManifest(file: string, entity?: string): Promise<Action[]> {
  if (entity) importerOf(entity);
  const { actions } = parseManifest(
    file,
    await readFile(file, 'utf8').catch(() => refuse(`The manifest ${file} cannot be read.`)),
  );
  const named = entity ? actions.filter(({ data_entity }) => data_entity === entity) : actions;
  const wanted = named.map(({ data_entity, source }) => ({
    importer: importerOf(data_entity),
    file: found(resolve(dirname(file), source), resolve(source)),
  }));
  return wanted.length > 0 ? wanted : refuse(`The manifest ${file} has no action for ${entity ?? 'anything'}.`);
}

/** The first of two files that is there; the first where neither is, as it is the one that is missed. */
const found = (first: string, second: string): string => (!existsSync(first) && existsSync(second) ? second : first);

function parseManifest(file: string, text: string): z.output<typeof Manifest> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) return refuse(`The manifest ${file} is no YAML: ${error.message}`);
    throw error;
  }
  const parsed = Manifest.safeParse(document);
  return parsed.success
    ? parsed.data
    : refuse(`The manifest ${file} is not in order:\n${z.prettifyError(parsed.error)}`);
}

function refuse(reason: string): never {
  throw importRefused({ reason });
}
