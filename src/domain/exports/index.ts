export { type Exporter, exporters } from './exporter.ts';
export { type ExportFormat, exportFormats, runExport } from './run-export.ts';
