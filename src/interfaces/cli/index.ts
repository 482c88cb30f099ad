import type { Command } from './command.ts';
import { unneededCommands } from './unneeded.ts';

/** Every command of the console by name; each is loaded when it is called. */
export const commands: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
  ['config', async () => (await import('./config.ts')).configShow],
  ['backup', async () => (await import('./backup.ts')).backup],
  ['restore', async () => (await import('./restore.ts')).restore],
  ['migrate', async () => (await import('./migrate.ts')).migrateCommand],
  ['data:import', async () => (await import('./data-import.ts')).dataImport],
  ['data:import:dump', async () => (await import('./data-import.ts')).dataImportDump],
  ['data:export', async () => (await import('./data-export.ts')).dataExport],
  ['customer:password:set', async () => (await import('./campaigns.ts')).passwordSet],
  ['customer:password:reset', async () => (await import('./campaigns.ts')).passwordReset],
  ['customer:confirmation:send', async () => (await import('./campaigns.ts')).confirmationSend],
  ['customer:create', async () => (await import('./customer-create.ts')).customerCreate],
  ['customer:show', async () => (await import('./customer-show.ts')).customerShow],
  ['customer:lock', async () => (await import('./customers.ts')).customerLock],
  ['customer:unlock', async () => (await import('./customers.ts')).customerUnlock],
  ['customer:unblock', async () => (await import('./customers.ts')).customerUnblock],
  ['customer:anonymize', async () => (await import('./customers.ts')).customerAnonymize],
  ['store:list', async () => (await import('./stores.ts')).storeList],
  ['store:set', async () => (await import('./stores.ts')).storeSet],
  ['guest-access:list', async () => (await import('./guest-access.ts')).guestAccessList],
  ['guest-access:set', async () => (await import('./guest-access.ts')).guestAccessSet],
  ['user:create', async () => (await import('./users.ts')).userCreate],
  ['user:grant', async () => (await import('./users.ts')).userGrant],
  ['user:unblock', async () => (await import('./users.ts')).userUnblock],
  ['user:list', async () => (await import('./users.ts')).userList],
  ['oauth:refresh-token:remove-expired', async () => (await import('./tokens.ts')).removeExpired],
  ['keys:rotate', async () => (await import('./tokens.ts')).keysRotate],
  ['doctor', async () => (await import('./doctor.ts')).doctor],
  ['demo:remove', async () => (await import('./demo.ts')).demoRemove],
  ['secret:rotate', async () => (await import('./secrets.ts')).secretRotate],
  ['secret:reset', async () => (await import('./secrets.ts')).secretReset],
  ['jobs:failed', async () => (await import('./jobs.ts')).jobsFailed],
  ['jobs:retry', async () => (await import('./jobs.ts')).jobsRetry],
  ...unneededCommands.map((command) => [command.name, async () => command] as const),
]);

/** `data:import:customer` is `data:import customer`, as the reference product has one command an importer. */
export function findCommand(name: string): { load: () => Promise<Command>; words: readonly string[] } | undefined {
  const load = commands.get(name);
  if (load) return { load, words: [] };
  const entity = /^data:import:(.+)$/.exec(name)?.[1];
  const dataImport = commands.get('data:import');
  return entity && dataImport ? { load: dataImport, words: [entity] } : undefined;
}
