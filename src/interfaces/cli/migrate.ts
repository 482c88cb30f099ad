import { command } from './command.ts';

export const migrateCommand = command({
  name: 'migrate',
  summary: 'Bring the database up to date and end; for deployments that do so before the new version serves',
  notes: 'Every other command and the server do the same at their start, one after the other under a lock.',
  async run(_app, _call, { out }) {
    // Opening the application has migrated the database, or refused to start and said why.
    out('The database is up to date.');
    return 0;
  },
});
