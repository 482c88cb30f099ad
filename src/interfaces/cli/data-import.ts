import { configCommand } from './command.ts';
export const dataImport = configCommand({ name: 'data:import', summary: '', async run() { return 0; } });
export const dataImportDump = dataImport;
