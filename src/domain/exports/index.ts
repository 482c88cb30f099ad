export { exporters } from './exporter.ts';
export { exportFormats, runExport } from './run-export.ts';
