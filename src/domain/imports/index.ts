export { REGISTERED_HERE } from './customer-queries.ts';
export { flagOf, type MergeRejection } from './importer.ts';
export { type Action, importerOf, importers, type Manifest, readManifest } from './manifest.ts';
export { csvLine } from '../../platform/import/csv-line.ts';
export { importRefused } from '../../platform/import/problems.ts';
export { neutral, neutralCell } from '../../platform/import/neutral.ts';
export { errorCode, type RawRow } from '../../platform/import/read-rows.ts';
export { openRehearsal, type Rehearsal } from '../../platform/import/rehearsal.ts';
export { runImport } from './run-import.ts';
