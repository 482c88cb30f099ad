import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  contacts,
  count,
  countOrNone,
  databaseUrl,
  flag,
  isRange,
  list,
  origins,
  places,
  plainMistake,
  redirectHosts,
  seconds,
  webAddress,
} from './config-fields.ts';
import { productionMistakes, type WellFormed } from './config-production.ts';
import { linkSettings } from './config-links.ts';
import { lockoutSettings } from './config-lockout.ts';
import { passwordContradictions, passwordSettings } from './config-passwords.ts';
import { referenceContradictions, referenceSettings } from './config-references.ts';
import { startRefused } from './problem.ts';

const policies = ['classic', 'strong', 'nist'] as const;

/** Every setting there is: name, meaning with unit, default. `clientele config` prints this list. */
export const Settings = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('`production` asks for real secrets and real mail and hides the mailbox'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('TCP port to listen on'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every interface'),
  METRICS_PORT: z
    .union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)], { error: 'must be a port, or off' })
    .optional()
    .describe(
      'TCP port of /metrics, /health/live and /health/ready for operators, of servers and workers; 0 for any free one, `off` for none. Unset: 9464, or none where that is taken',
    ),
  METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address METRICS_PORT listens on; anyone who reaches it reads the metrics, so keep it from the public'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people reach the service; links in mails start here. Unset: http://localhost:PORT'),
  DATA_DIR: z.string().min(1).default('./data').describe('Folder of the embedded database and generated secrets'),
  DATABASE_URL: databaseUrl.describe(
    'PostgreSQL 15 or later; several hosts as in postgresql://a,b/clientele, the one that takes writes is used. Unset: an embedded PostgreSQL in DATA_DIR',
  ),
  DATABASE_DIRECT_URL: databaseUrl.describe(
    'Way to the same database around a pooler in DATABASE_URL, for migrations, imports and jobs. Unset: DATABASE_URL',
  ),
  DATABASE_PREPARE: flag
    .default(true)
    .describe('Whether statements are prepared; false behind PgBouncer before 1.21 in transaction mode'),
  DATABASE_POOL_SIZE: count(10).describe('Database connections of one process'),
  DATABASE_CONNECT_TIMEOUT_MS: count(2000).describe('Milliseconds a request waits for a database connection'),
  DATABASE_SILENCE_MS: count(1000).describe(
    'Milliseconds without an answer after which the server is asked whether it still works on a statement; it may take as long again',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: count(30_000).describe('Milliseconds one statement of a request or a job may take'),
  DATABASE_LOCK_TIMEOUT_MS: count(10_000).describe('Milliseconds one statement may wait for a lock'),
  DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: count(60_000).describe(
    'Milliseconds a transaction may wait for its next statement',
  ),
  SECRET: z
    .string()
    .min(32, 'must be at least 32 characters')
    .optional()
    .describe(
      'Key for signing keys at rest and form tokens; the same on every instance. Generated into DATA_DIR when embedded',
    ),
  SECRET_PREVIOUS: z
    .string()
    .optional()
    .describe('The SECRET before, accepted beside it until `clientele secret:rotate` has run'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('Mail server, smtp://user:password@host:587. Unset: the built-in mailbox at /dev/mailbox'),
  MAIL_FROM: z.string().min(3).default('Clientele <no-reply@localhost>').describe('Sender of every mail'),
  DEMO_DATA: flag.optional().describe('Fill an empty database with demo customers. Default: yes, except in production'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least serious level to log'),
  RUN_JOBS: flag.default(true).describe('Whether the server works jobs too; false where `clientele work` does'),
  SHUTDOWN_DELAY: z.coerce
    .number()
    .min(0)
    .optional()
    .describe(
      'Seconds between saying not to be ready and taking no more requests, after SIGTERM. Default: 5 in production, else 0',
    ),
  SHUTDOWN_SECONDS: seconds(10).describe('Seconds a stopping process gives to what it began'),

  SHOP_NAME: z.string().trim().min(1).default('Clientele').describe('Name on pages and in mails'),
  SHOP_ADDRESS: z
    .string()
    .trim()
    .max(300)
    .optional()
    .describe('Postal address of the shop, in one line, in the footers of pages and emails'),
  IMPRINT_URL: webAddress.describe('Imprint or contact page, linked in the footers of pages and emails'),
  PRIVACY_URL: webAddress.describe('Privacy policy, linked in the footers of pages and emails'),
  TERMS_URL: webAddress.describe('Terms and conditions, linked in footers and where they are accepted'),
  SECURITY_CONTACT: contacts.describe(
    'Where to report a vulnerability, comma-separated email addresses, mailto:, tel: or https addresses; for /.well-known/security.txt. Empty: there is none',
  ),
  SECURITY_POLICY_URL: webAddress.describe('How reports of vulnerabilities are handled, named in security.txt'),
  REDIRECT_HOSTS: redirectHosts.describe(
    'Hosts of storefronts to which /login?redirectUri= may lead after signing in, comma-separated, each with a port where it has one; https unless the entry begins with http://. Empty: pages of this service alone',
  ),
  THEME_CSS: z.string().optional().describe('Style sheet that overrides the look of the pages, a file'),
  DEFAULT_STORE: z.string().default('DE').describe('Store of requests that name none'),
  ...referenceSettings,
  ...linkSettings,
  DOUBLE_OPT_IN: flag.default(true).describe('Whether a new customer confirms the address before the first log-in'),
  CORS_ALLOW_ORIGIN: origins('').describe(
    'Origins whose scripts may read the Storefront API, separated by commas; * for all. Empty: none',
  ),
  STOREFRONT_API_SILENT_REGISTRATION: flag
    .default(false)
    .describe('Whether POST /customers answers as if it worked for an address that is taken; its owner gets a mail'),
  API_DOCS: flag.default(true).describe('Whether /docs describes the Storefront API'),
  DECOUPLED_STOREFRONT_AT: places('/glue-storefront').describe(
    'Where the decoupled Storefront API answers: path prefixes or host names, comma-separated. Empty: nowhere',
  ),
  DECOUPLED_BACKEND_AT: places('/glue-backend').describe(
    'Where the decoupled Backend API answers: path prefixes or host names, comma-separated. Empty: nowhere',
  ),
  DECOUPLED_CORS_ALLOW_ORIGIN: origins('*').describe(
    'Origins whose scripts may read the decoupled APIs, separated by commas; * for all. Empty: none',
  ),
  TRUSTED_PROXIES: list
    .refine((entries) => entries.every(isRange), 'must be addresses or CIDR ranges, comma-separated')
    .describe('Addresses or CIDR ranges whose X-Forwarded-For counts, comma-separated'),
  MAX_BODY_BYTES: count(262_144).describe('Largest request body, bytes'),

  PASSWORD_POLICY: z
    .enum(policies)
    .default('classic')
    .describe(
      'Passwords of customers. classic: 12 to 128 characters of four kinds; strong (recommended): 12 and more of any kind, refused when easy to guess; nist: strong with 15 and more',
    ),
  ...passwordSettings,
  STAFF_PASSWORD_POLICY: z.enum(policies).default('strong').describe('Passwords of staff users, by the same presets'),
  PASSWORD_ALLOW_LIST: list.describe(
    'Passwords of customers that every policy accepts, comma-separated; for tests only, refused in production',
  ),
  BREACH_LOOKUP_URL: z
    .url()
    .refine((url) => !/^\w+:\/\/[^/?#]*@|[?#]/.test(url), 'must have neither a user nor a query')
    .optional()
    .describe(
      'Range endpoint of a k-anonymity breach service, for example https://host/range/. Unset: no online look-up',
    ),
  ARGON2_MEMORY_KIB: count(19_456).describe('Memory of one password hash, KiB (OWASP: 19 MiB)'),
  ARGON2_PASSES: count(2).describe('Passes of one password hash'),
  ARGON2_LANES: count(1).describe('Lanes of one password hash'),
  HASHING_PROCESSES: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(Math.min(availableParallelism(), 64))
    .describe('Processes that hash passwords, about 70 MB each; default: as many as cores. 0: threads of the server'),
  HASHING_QUEUE: count(200).describe(
    'Sign-ins that may wait for their password, and as many new passwords; one more answers 503, first to the network with the most',
  ),
  IMPORTED_HASH_PROCESSES: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.ceil(Math.min(availableParallelism(), 64) / 2))
    .describe('Processes that verify imported password hashes; default: half as many as cores'),
  IMPORTED_HASH_QUEUE: count(100).describe(
    'Imported password hashes that may wait to be verified; one more answers 503',
  ),

  ...lockoutSettings,
  SIGN_IN_REFUSAL_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(250)
    .describe(
      'Least milliseconds a refused log-in and a silent registration take, so that time does not tell what they must not',
    ),
  MAIL_REQUESTS: count(9).describe(
    'Mails an account, and on the pages ten times as many a network, may ask for per quarter of an hour',
  ),
  API_EMAIL_REQUESTS_PER_HOUR: countOrNone(0).describe(
    'Emails (resets, confirmations, changes of address) that one network may ask for over the Storefront API per hour; 0: no limit, as a storefront speaks for many people',
  ),

  PAGE_REGISTRATIONS_PER_HOUR: countOrNone(60).describe(
    'Registrations on the pages from one network (IPv4 address or IPv6 /64) per hour; 0: no limit',
  ),
  API_REGISTRATIONS_PER_HOUR: countOrNone(0).describe(
    'Registrations over the Storefront API from one network per hour; 0: no limit, as a storefront speaks for many people',
  ),
  MAILBOX_EMAILS_PER_HOUR: count(10).describe(
    'Emails per hour to unconfirmed addresses that differ only in their +tag, all of them together',
  ),

  ACCESS_TOKEN_SECONDS: seconds(28_800).describe('Life of an access token, seconds'),
  REFRESH_TOKEN_SECONDS: seconds(2_628_000).describe('Life of a refresh token, seconds'),
  SESSION_IDLE_SECONDS: seconds(3600).describe('Seconds without a request after which a log-in ends'),
  SESSION_SECONDS: seconds(43_200).describe('Seconds after which a log-in ends in any case'),
  REMEMBER_SECONDS: seconds(31_536_000).describe('Seconds a remembered log-in lasts'),
  CONFIRM_LINK_SECONDS: seconds(604_800).describe('Life of a link that confirms an address'),
  RESET_LINK_SECONDS: seconds(7200).describe('Life of a link that resets a password'),
  EMAIL_CHANGE_LINK_SECONDS: seconds(1800).describe('Life of a link that confirms a new address'),
  EMAIL_CHANGE_STOP_LINK_SECONDS: seconds(604_800).describe(
    'Life of the link by which the present address stops a change to a new one, seconds',
  ),
  INVITATION_LINK_SECONDS: seconds(1_209_600).describe('Life of a link that sets a first password'),
  MFA_CODE_SECONDS: seconds(1800).describe('Life of a one-time code, seconds'),
  MFA_CODE_ATTEMPTS: count(3).describe('Wrong entries after which a one-time code is void'),
  UNLOCK_LINK_SECONDS: seconds(3600).describe('Life of a link that lifts a block'),

  IMPERSONATION_SECONDS: seconds(3600).describe('Seconds an agent may act for a customer before asking again'),
  IMPERSONATION_REASON_REQUIRED: flag
    .default(false)
    .describe('Whether an agent must say why before acting for a customer'),
  IMPERSONATION_EMAIL: flag.default(true).describe('Whether a customer gets an email when an agent acts for them'),
  IMPERSONATION_AGENT_SHOWN: flag
    .default(false)
    .describe('Whether that email and the account name the agent; otherwise they say customer service'),
  IMPERSONATION_REASON_SHOWN: flag
    .default(false)
    .describe('Whether that email and the account show the reason the agent gave'),
});

/** Settings whose empty value switches something off; elsewhere it is as good as none. */
const meansOff = new Set(['DECOUPLED_STOREFRONT_AT', 'DECOUPLED_BACKEND_AT', 'DECOUPLED_CORS_ALLOW_ORIGIN']);

type Parsed = z.output<typeof Settings>;

export type Config = Readonly<
  Omit<Parsed, 'PUBLIC_URL' | 'DEMO_DATA' | 'SHUTDOWN_DELAY'> & {
    /** Without a trailing slash. */
    PUBLIC_URL: string;
    /** False where PUBLIC_URL was derived from the port. */
    PUBLIC_URL_IS_SET: boolean;
    /** Names of the settings that the environment gives; the others have their defaults. */
    GIVEN: readonly string[];
    DEMO_DATA: boolean;
    SHUTDOWN_DELAY: number;
  }
>;

/**
 * Reads the environment once, at start.
 *
 * @throws {@link startRefused} with every mistake listed, not just the first.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' || meansOff.has(name)));
  const parsed = Settings.safeParse(given, { error: plainMistake });
  const mistakes = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  mistakes.push(...productionMistakes(given, wellFormed(given)), ...contradictions(parsed.data));
  if (!parsed.success || mistakes.length > 0) {
    throw startRefused({ reason: `Invalid settings:\n${mistakes.map((line) => `  ${line}`).join('\n')}` });
  }

  const { PUBLIC_URL, DEMO_DATA, DATA_DIR, SHUTDOWN_DELAY, ...settings } = parsed.data;
  return {
    ...settings,
    DATA_DIR: resolve(DATA_DIR),
    PUBLIC_URL: (PUBLIC_URL ?? `http://localhost:${settings.PORT}`).replace(/\/+$/, ''),
    PUBLIC_URL_IS_SET: PUBLIC_URL !== undefined,
    GIVEN: Object.keys(given),
    DEMO_DATA: DEMO_DATA ?? settings.NODE_ENV !== 'production',
    SHUTDOWN_DELAY: SHUTDOWN_DELAY ?? (settings.NODE_ENV === 'production' ? 5 : 0),
  };
}

/** The settings that are in order each by itself, whatever the others are. */
function wellFormed(env: Readonly<Record<string, string | undefined>>): WellFormed {
  return Object.fromEntries(
    Object.entries(Settings.shape).flatMap(([name, schema]) => {
      const { success, data } = schema.safeParse(env[name]);
      return success ? [[name, data]] : [];
    }),
  );
}

/** Settings that are in order each by itself, and not together. */
function contradictions(settings: Parsed | undefined): string[] {
  if (!settings) return [];
  const mistakes: string[] = [
    ...referenceContradictions(settings),
    ...passwordContradictions(settings, settings.PASSWORD_POLICY === 'nist' ? 15 : 12),
  ];
  const shared = settings.DECOUPLED_STOREFRONT_AT.find((place) => settings.DECOUPLED_BACKEND_AT.includes(place));
  if (shared !== undefined)
    mistakes.push(`DECOUPLED_BACKEND_AT: ${shared} is where the storefront's application answers already`);
  if (settings.STOREFRONT_API_SILENT_REGISTRATION && !settings.DOUBLE_OPT_IN)
    mistakes.push(
      'STOREFRONT_API_SILENT_REGISTRATION: needs DOUBLE_OPT_IN, or logging in at once tells what registering does not',
    );
  return mistakes;
}
