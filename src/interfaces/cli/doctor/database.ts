import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countDemoAccounts } from '../../../domain/demo/index.ts';
import { allStores } from '../../../domain/stores/index.ts';
import { readSeal } from '../../../domain/tokens/index.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config.ts';
import { openSecrets, type Secrets } from '../../../platform/crypto/secrets.ts';
import { inspectDatabase, inspectJobs } from '../../../platform/database/inspection.ts';
import { schemaDifference } from '../../../platform/database/migrate.ts';
import { type Database, openDatabase } from '../../../platform/database/open.ts';
import { isSafePattern } from '../../../platform/mail/link-pattern.ts';
import { startRefused } from '../../../platform/problem.ts';
import type { Log } from '../../../platform/log.ts';
import { badInProduction, type Finding, messageOf } from './finding.ts';

/** Everything that the database tells, and the secrets that belong to it. Nothing is set up or migrated. */
export async function checkDatabase(config: Config, log: Log): Promise<{ findings: Finding[]; secrets?: Secrets }> {
  let database: Database;
  try {
    database = await openDatabase(config, log, { create: false });
  } catch (error) {
    const reason = startRefused.is(error) ? error.details.reason : messageOf(error);
    return { findings: [{ check: 'database', state: 'bad', text: `cannot be used: ${reason}` }] };
  }
  try {
    const secrets = await existingSecrets(config, database.home);
    const findings: Finding[] = [];
    // One after the other: each says by itself what is in its way.
    for (const [check, examine] of Object.entries(checks))
      findings.push(...(await examine(config, database, secrets).catch((error: unknown) => failed(check, error))));
    return { findings, ...(secrets ? { secrets } : {}) };
  } finally {
    await database.close();
  }
}

const failed = (check: string, error: unknown): Finding[] => [
  { check, state: 'bad', text: `cannot be checked: ${messageOf(error)}` },
];

/** Without making one: a secret that is missing is what is to be found out. */
async function existingSecrets(config: Config, home = config.DATA_DIR): Promise<Secrets | undefined> {
  return config.SECRET !== undefined || existsSync(join(home, 'secret')) ? openSecrets(config, home) : undefined;
}

type Check = (config: Config, database: Database, secrets: Secrets | undefined) => Promise<Finding[]>;

/** Seconds by which clocks may differ: tokens allow 30. */
const CLOCK_HINT = 2;
const CLOCK_BAD = 30;
/** Seconds a job may wait where somebody works them. */
const JOB_AGE = 300;

const checks: Record<string, Check> = {
  async database({ NODE_ENV }, { db, embedded }) {
    const { version, isEncrypted, isLocal, clockDifference } = await inspectDatabase(db, systemClock.now);
    const seconds = Math.abs(clockDifference);
    return [
      {
        check: 'database',
        state: isEncrypted || isLocal ? 'ok' : badInProduction({ NODE_ENV }),
        text: `PostgreSQL ${version}${embedded ? ', embedded' : ''}${isEncrypted || isLocal ? '' : '; the connection is not encrypted: add ?sslmode=verify-full to DATABASE_URL'}`,
      },
      {
        check: 'clock',
        state: seconds > CLOCK_BAD ? 'bad' : seconds > CLOCK_HINT ? 'hint' : 'ok',
        text: `differs from the database’s by ${seconds.toFixed(1)} s${seconds > CLOCK_HINT ? '; run a time service on both machines' : ''}`,
      },
    ];
  },

  async schema(_config, { db }) {
    const { missing, unknown } = await schemaDifference(db);
    if (unknown.length > 0)
      return [
        { check: 'schema', state: 'bad', text: `belongs to a newer version of Clientele: ${unknown.join(', ')}` },
      ];
    return missing.length > 0
      ? [{ check: 'schema', state: 'hint', text: `${missing.join(', ')} will be applied at the next start` }]
      : [{ check: 'schema', state: 'ok', text: 'current' }];
  },

  async secret(_config, { db }, secrets) {
    const check = 'secret';
    if (!secrets) return [{ check, state: 'bad', text: 'there is none: set SECRET, or restore the generated one' }];
    switch (await readSeal(db, secrets)) {
      case 'current':
        return [{ check, state: 'ok', text: 'is the one this database belongs to' }];
      case 'previous':
        return [{ check, state: 'hint', text: 'is being rotated: run `clientele secret:rotate`' }];
      case 'other':
        return [
          { check, state: 'bad', text: 'is not the one this database belongs to; see `clientele secret:reset --help`' },
        ];
      default:
        return [{ check, state: 'ok', text: 'will be bound to the database at the first start' }];
    }
  },

  async 'demo accounts'(config, { db }) {
    const { customers, staff } = await countDemoAccounts({ db });
    return customers + staff > 0
      ? [
          {
            check: 'demo accounts',
            state: badInProduction(config),
            text: `${customers} customers, ${staff} staff users: \`clientele demo:remove\``,
          },
        ]
      : [{ check: 'demo accounts', state: 'ok', text: 'none' }];
  },

  async links(config, { db }) {
    const stores = await allStores(db);
    const open = stores.flatMap(({ name, links }) =>
      Object.entries(links)
        .filter(([, pattern = '']) => !isSafePattern(pattern))
        .map(([link]) => `${name} ${link}`),
    );
    const elsewhere = stores.filter(({ links }) => Object.keys(links).length > 0).map(({ name }) => name);
    if (open.length > 0)
      return [
        {
          check: 'links',
          state: badInProduction(config),
          text: `not encrypted: ${open.join(', ')}; set https addresses with \`clientele store:set\``,
        },
      ];
    const text =
      elsewhere.length > 0 ? `of ${elsewhere.join(', ')} lead to a storefront of the shop` : 'as the settings say';
    return [{ check: 'links', state: 'ok', text }];
  },

  async jobs(_config, { db }) {
    const { waiting, oldestSeconds, givenUp, isWorked } = await inspectJobs(db);
    const findings: Finding[] = [];
    if (!isWorked) findings.push({ check: 'jobs', state: 'hint', text: 'no server or `clientele work` runs them now' });
    else if (oldestSeconds > JOB_AGE)
      findings.push({
        check: 'jobs',
        state: 'bad',
        text: `${waiting} wait, the oldest for ${Math.round(oldestSeconds / 60)} minutes`,
      });
    else findings.push({ check: 'jobs', state: 'ok', text: `${waiting} wait` });
    if (givenUp > 0)
      findings.push({
        check: 'failed jobs',
        state: 'hint',
        text: `${givenUp} were given up: \`clientele jobs:failed\``,
      });
    return findings;
  },

  async backups(_config, { db, embedded }) {
    const check = 'backups';
    if (embedded)
      return [
        {
          check,
          state: 'hint',
          text: 'make some with `clientele backup FILE`; --backup-file=FILE checks the age of the newest',
        },
      ];
    const { archiving, lastArchived, failing } = await inspectDatabase(db, systemClock.now);
    if (!archiving)
      return [
        {
          check,
          state: 'hint',
          text: 'the server archives no WAL; if your provider makes backups, try a restore. --backup-file=FILE checks the age of a dump',
        },
      ];
    return [
      failing
        ? { check, state: 'bad', text: 'the server’s last attempt to archive WAL failed: see pg_stat_archiver' }
        : { check, state: 'ok', text: `WAL is archived, last ${lastArchived?.toISOString() ?? 'not yet'}` },
    ];
  },
};
