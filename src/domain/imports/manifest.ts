import { open, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
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
  // Any file can be taken for a manifest by mistake; what is no name is not printed.
  const name = isName(entity) ? ` "${entity}"` : '';
  return refuse(`Requested import type${name} was not found. There is: ${entities()}.`);
}

const isName = (entity: string) => /^[\w:-]{1,64}$/.test(entity);
const entities = () => importers.map(({ entity }) => entity).join(', ');

/** Bytes; a manifest has a line or two an action. */
const MANIFEST_MAX = 1_000_000;
/** Most nodes that aliases may add; manifests need none. */
const ALIASES_MAX = 20;

const Entry = z.object({ data_entity: z.string(), source: z.string().nullish() });
const ManifestFile = z.object({ version: z.number().optional(), actions: z.array(Entry).min(1) });

export interface Action {
  importer: Importer;
  file: string;
}

/** What a manifest asks for. */
export interface Manifest {
  actions: Action[];
  /** Entities that are passed over, as no importer knows them: each once, in the order of the manifest. */
  skipped: string[];
}

/**
 * The actions of a YAML manifest in their order, all of them or those of one entity. Sources are found beside the
 * manifest, or from the working folder, and nowhere else. An action without a source takes its entity's default file.
 *
 * @param skipUnknown passes over entities that no importer knows.
 * @throws {@link importRefused} for a manifest that cannot be read, names an entity that is not known, or a file elsewhere.
 */
export async function readManifest(
  file: string,
  { entity, skipUnknown = false }: { entity?: string | undefined; skipUnknown?: boolean } = {},
): Promise<Manifest> {
  if (entity) importerOf(entity);
  const { actions } = parseManifest(file, await readText(file));
  const skipped = entity ? [] : unknownAmong(actions);
  if (skipped.length > 0 && !skipUnknown) refuseUnknown(file, skipped);
  const wanted: Action[] = [];
  for (const [at, { data_entity, source }] of actions.entries()) {
    const importer = importers.find((importer) => importer.entity === data_entity);
    if (!importer || (entity && data_entity !== entity)) continue;
    wanted.push({ importer, file: await findSource(file, source ?? defaultSource(importer), at + 1) });
  }
  return wanted.length > 0
    ? { actions: wanted, skipped }
    : refuse(`The manifest ${file} has no action for ${entity ?? 'anything that can be imported here'}.`);
}

/** `customer-address` comes in `customer_address.csv`, the name that `demo/` and the reference product's files have. */
const defaultSource = ({ entity }: Importer) => `${entity.replaceAll('-', '_')}.csv`;

/** Entities that no importer knows, by name, or by their place where the text may be anything. */
function unknownAmong(actions: readonly { data_entity: string }[]): string[] {
  const names = actions.flatMap(({ data_entity: entity }, at) =>
    importers.some((importer) => importer.entity === entity) ? [] : [isName(entity) ? entity : `action ${at + 1}`],
  );
  return [...new Set(names)];
}

function refuseUnknown(file: string, unknown: readonly string[]): never {
  const [noun, verb] = unknown.length === 1 ? ['type', 'was'] : ['types', 'were'];
  const names = unknown.map((name) => (isName(name) ? `"${name}"` : name)).join(', ');
  return refuse(
    `Requested import ${noun} ${names} ${verb} not found. There is: ${entities()}. --skip-unknown passes over what else the manifest ${file} names.`,
  );
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile()) return refuse(`The manifest ${file} cannot be read: it is no file.`);
  const handle = found && (await open(file).catch(() => undefined));
  if (!handle) {
    return refuse(`The manifest ${file} cannot be read. Name another with --config, or an entity and its --file-name.`);
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MANIFEST_MAX + 1), 0, MANIFEST_MAX + 1, 0);
    if (bytesRead > MANIFEST_MAX) return refuse(`The manifest ${file} cannot be read: it is larger than a megabyte.`);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The first of two files that is there; the first where neither is, as it is the one that is missed. */
async function findSource(manifest: string, source: string, action: number): Promise<string> {
  const folders = await Promise.all([dirname(resolve(manifest)), resolve()].map((folder) => realpath(folder)));
  const isInside = (path: string) => folders.some((folder) => isBelow(folder, path));
  const candidates = [resolve(dirname(resolve(manifest)), source), resolve(source)];
  for (const candidate of candidates) {
    // Where a link leads counts, not where it stands.
    const real = await realpath(candidate).catch(() => undefined);
    if (real !== undefined && isInside(real)) return candidate;
    if (real !== undefined) return outside(manifest, action);
  }
  const [missed = ''] = candidates;
  const folder = await realpath(dirname(missed)).catch(() => dirname(missed));
  return isInside(folder) || folders.includes(folder) ? missed : outside(manifest, action);
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const outside = (manifest: string, action: number): never =>
  refuse(
    `Action ${action} of the manifest ${manifest} names a file outside its folder and the working folder. Move the file, or import it alone with --file-name.`,
  );

/** In our words: those of the parser quote the file, which may be no manifest at all. */
function parseManifest(file: string, text: string): z.output<typeof ManifestFile> {
  const parsed = ManifestFile.safeParse(readYaml(file, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.every((part) => typeof part === 'number' || part === 'actions' || part in Entry.shape)
    ? issue.path.join('.')
    : '';
  return refuse(`The manifest ${file} is not in order: ${place || 'it'} has to be as in demo/full.yml.`);
}

function readYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    const [error] = document.errors;
    if (error)
      return refuse(`The manifest ${file} is no YAML: ${error.code} on line ${lines.linePos(error.pos[0]).line}.`);
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (importRefused.is(error)) throw error;
    return refuse(`The manifest ${file} is no YAML that can be read: too many aliases, or too deep.`);
  }
}

function refuse(reason: string): never {
  throw importRefused({ reason });
}
