import { openLog } from '../../platform/log.ts';
import { systemClock } from '../../platform/clock.ts';
import { configCommand } from './command.ts';
import { checkDatabase } from './doctor/database.ts';
import type { Finding } from './doctor/finding.ts';
import { checkMail } from './doctor/mail.ts';
import { checkBackupFile, checkHashCost, checkSettings } from './doctor/settings.ts';
import { checkWeb } from './doctor/web.ts';

/** Hours after which the newest backup of a day is missing. */
const BACKUP_HOURS = '26';

export const doctor = configCommand({
  name: 'doctor',
  summary: 'Check a running deployment: secret, https, clock, proxies, hash cost, mail, backups, demo accounts …',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    'send-to': { type: 'string', value: 'ADDRESS', help: 'send an email there, to see whether it arrives' },
    'backup-file': { type: 'string', value: 'FILE', help: 'newest backup, to check its age' },
    'backup-hours': { type: 'string', value: 'HOURS', default: BACKUP_HOURS, help: 'age at which a backup is too old' },
  },
  notes: `
Run it with the settings of the server. It changes nothing. One line a check: ok, hint (works, could be better) or bad.
Exit status: 0 if nothing is bad, 1 otherwise.`,
  async run(config, { options }, { out }) {
    const backupFile = options['backup-file'];
    const backupHours = Number(options['backup-hours']);
    if (!Number.isFinite(backupHours)) {
      out('--backup-hours is a number of hours.');
      return 2;
    }
    const now = systemClock.now();
    const log = openLog({ LOG_LEVEL: 'silent' });
    const { findings, secrets } = await checkDatabase(config, log);
    const all: Finding[] = [
      ...checkSettings(config),
      // The file that is named answers what the hint asks for.
      ...findings.filter(({ check, state }) => backupFile === undefined || check !== 'backups' || state !== 'hint'),
      ...(await checkWeb(config, secrets?.doctor, now)),
      await checkHashCost(config, log),
      await checkMail(config, options['send-to']),
      ...(await checkBackupFile(backupFile, backupHours, now)),
    ];
    if (options.json) out(JSON.stringify(all, null, 2));
    else for (const { check, state, text } of all) out(`${state.padEnd(4)}  ${check.padEnd(15)}  ${text}`);
    return all.some(({ state }) => state === 'bad') ? 1 : 0;
  },
});
