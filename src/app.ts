import { addressesPrivacy } from './domain/addresses/index.ts';
import { sendImpersonated } from './domain/agents/index.ts';
import { auditPrivacy } from './domain/audit/index.ts';
import { availabilityPrivacy } from './domain/availability/index.ts';
import { campaignGauges, campaignsPrivacy, sendCampaignBatch, sendCampaignMail } from './domain/campaigns/index.ts';
import { codesPrivacy, sweepCodes } from './domain/codes/index.ts';
import { companiesPrivacy } from './domain/companies/index.ts';
import { credentialMails } from './domain/credentials/index.ts';
import { applyReferenceOffset, customerMails, customersPrivacy, sweepTally } from './domain/customers/index.ts';
import { importGauges } from './domain/imports/index.ts';
import { linksPrivacy, sweepLinks } from './domain/links/index.ts';
import { mfaPrivacy, sendMfaCode } from './domain/mfa/index.ts';
import { ordersPrivacy } from './domain/orders/index.ts';
import { sessionsPrivacy, sweepSessions } from './domain/sessions/index.ts';
import { sendUnlock } from './domain/sign-in/index.ts';
import { loadDenied, sweepHashKinds } from './domain/passwords/index.ts';
import { sweepThrottle } from './domain/throttle/index.ts';
import { bindSecret, sweepTokens, tokensPrivacy } from './domain/tokens/index.ts';
import type { App } from './platform/app.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { openHasher } from './platform/crypto/hasher.ts';
import { openStrengthEstimator } from './platform/crypto/password-strength.ts';
import { openSecrets } from './platform/crypto/secrets.ts';
import { migrate } from './platform/database/migrate.ts';
import { type Database, openDatabase, poolOptions } from './platform/database/open.ts';
import type { AnyJob } from './platform/jobs/job.ts';
import { jobGauges } from './platform/jobs/gauges.ts';
import { openQueue } from './platform/jobs/queue.ts';
import type { Log } from './platform/log.ts';
import { sweepMailbox } from './platform/mail/sweep.ts';
import { openMailer } from './platform/mail/mailer.ts';
import { openMemory } from './platform/memory.ts';
import type { DatabaseGauges } from './platform/metrics/database-gauges.ts';
import { openMetrics } from './platform/metrics/metrics.ts';
import type { PrivacyHook } from './platform/privacy.ts';

/** Everything that happens later, or again and again. */
export const jobs: readonly AnyJob[] = [
  ...customerMails,
  ...credentialMails,
  sendUnlock,
  sendMfaCode,
  sendImpersonated,
  sendCampaignBatch,
  sendCampaignMail,
  sweepTally,
  sweepSessions,
  sweepTokens,
  sweepLinks,
  sweepThrottle,
  sweepHashKinds,
  sweepCodes,
  sweepMailbox,
];

/** Every domain that stores personal data. */
const privacy: readonly PrivacyHook[] = [
  sessionsPrivacy,
  tokensPrivacy,
  campaignsPrivacy,
  linksPrivacy,
  codesPrivacy,
  mfaPrivacy,
  addressesPrivacy,
  ordersPrivacy,
  companiesPrivacy,
  availabilityPrivacy,
  auditPrivacy,
  customersPrivacy,
];

/** What the database knows and `/metrics` shows. */
export const databaseGauges: readonly DatabaseGauges[] = [
  jobGauges(jobs.map(({ name }) => name)),
  importGauges,
  campaignGauges,
];

export interface OpenApp {
  app: App;
  database: Database;
  close(): Promise<void>;
}

/** Opens what an App needs, in the order in which it is closed again backwards. */
export async function openApp(
  config: Config,
  log: Log,
  options: { supervise: boolean; anySecret?: boolean; clock?: Clock; database?: Database },
): Promise<OpenApp> {
  const clock = options.clock ?? systemClock;
  const metrics = openMetrics();
  const database = options.database ?? (await openDatabase(config, log));
  try {
    const applied = await migrate(database.connection);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
    const secrets = await openSecrets(config, database.home);
    if (!options.anySecret) await bindSecret(database.db, secrets, clock.now());
    await applyReferenceOffset({ config, db: database.db });
    const memory = openMemory();
    await loadDenied({ config, memory });
    const queue = await openQueue(database.connection, log, {
      jobs,
      supervise: options.supervise,
      shutdownSeconds: config.SHUTDOWN_SECONDS,
      pool: poolOptions(config),
      metrics,
    });
    const mailer = openMailer(config, database.db, clock.now);
    const app: App = {
      config,
      clock,
      log,
      db: database.db,
      connection: database.connection,
      hasher: openHasher(config, log, metrics.hashed),
      strength: openStrengthEstimator(log),
      secrets,
      queue,
      memory,
      mailer,
      metrics,
      privacy,
      origin: { door: 'jobs', actor: 'system' },
      now: clock.now,
    };
    const close = async () => {
      try {
        await queue.close();
        await app.hasher.close();
        await app.strength.close();
        mailer.close();
      } finally {
        // Whatever went wrong before: an embedded PostgreSQL must not be left behind.
        await database.close();
      }
    };
    return { app, database, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}
