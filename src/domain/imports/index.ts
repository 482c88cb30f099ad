export { flagOf, type MergeRejection } from './importer.ts';
export { type Action, importerOf, importers, readManifest } from './manifest.ts';
export { importRefused } from './problems.ts';
export type { RawRow } from './read-rows.ts';
export { openRehearsal, type Rehearsal } from './rehearsal.ts';
export { runImport } from './run-import.ts';
