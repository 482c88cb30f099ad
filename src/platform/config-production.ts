import ipaddr from 'ipaddr.js';
import type { z } from 'zod';
import type { Settings } from './config.ts';
import { weaknessOf } from './crypto/secret-strength.ts';
import { isSafePattern, shopLinks } from './mail/link-pattern.ts';

/** What each setting came to, where its value is well-formed. */
export type WellFormed = Partial<z.output<typeof Settings>>;

/**
 * Lists what development may leave open and production may not. Settings whose value is malformed are left to the list of
 * those mistakes, so that all of them are named at once.
 */
export function productionMistakes(env: Readonly<Record<string, string | undefined>>, settings: WellFormed): string[] {
  if (env['NODE_ENV'] !== 'production') return [];
  return [
    ...missing(env),
    ...demoData(settings),
    ...knownPasswords(settings),
    ...weakSecret(settings),
    ...openLinks(settings),
    ...openPatterns(settings),
    ...cheapHashes(settings),
    ...outOfBounds(settings),
    ...trustedStrangers(settings),
  ];
}

function missing(env: Readonly<Record<string, string | undefined>>): string[] {
  const mistakes: string[] = [];
  if (env['DATABASE_URL'] && !env['SECRET']) {
    mistakes.push(
      'SECRET: required in production with DATABASE_URL, at least 32 random characters, for example from `openssl rand -base64 48`',
    );
  }
  if (!env['SMTP_URL']) mistakes.push('SMTP_URL: required in production, where there is no built-in mailbox');
  if (!env['MAIL_FROM']) mistakes.push('MAIL_FROM: required in production, the sender your mail server accepts');
  if (!env['PUBLIC_URL']) mistakes.push('PUBLIC_URL: required in production, links in mails start with it');
  for (const [name, meaning] of footers) if (!env[name]) mistakes.push(`${name}: required in production, ${meaning}`);
  return mistakes;
}

/** What the law of most countries asks of pages and emails; a store may differ (`clientele store:set`). */
const footers = [
  ['SHOP_NAME', 'the name on pages and in emails'],
  ['SHOP_ADDRESS', 'the postal address in the footers of pages and emails'],
  ['IMPRINT_URL', 'the imprint or contact page that footers link'],
  ['PRIVACY_URL', 'the privacy policy that footers link'],
  ['TERMS_URL', 'the terms and conditions that shoppers accept'],
] as const;

function demoData({ DEMO_DATA }: WellFormed): string[] {
  return DEMO_DATA === true
    ? ['DEMO_DATA: must be off in production, everybody knows the passwords of the demo shop']
    : [];
}

function knownPasswords({ PASSWORD_ALLOW_LIST: allowed = [] }: WellFormed): string[] {
  return allowed.length > 0
    ? ['PASSWORD_ALLOW_LIST: must be empty in production, attackers try passwords that are known to be accepted']
    : [];
}

function weakSecret({ SECRET }: WellFormed): string[] {
  const weakness = SECRET === undefined ? undefined : weaknessOf(SECRET);
  return weakness ? [`SECRET: ${weakness}; take a random one, for example from \`openssl rand -base64 48\``] : [];
}

const isHttps = (url: string) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/i.test(url);

function openLinks({ PUBLIC_URL, BREACH_LOOKUP_URL, REDIRECT_HOSTS = [] }: WellFormed): string[] {
  const mistakes: string[] = [];
  if (PUBLIC_URL !== undefined && !isHttps(PUBLIC_URL))
    mistakes.push('PUBLIC_URL: must be https in production, session cookies are only sent over it');
  if (BREACH_LOOKUP_URL !== undefined && !isHttps(BREACH_LOOKUP_URL))
    mistakes.push('BREACH_LOOKUP_URL: must be https in production, it receives a part of each new password’s digest');
  const open = REDIRECT_HOSTS.filter((origin) => !isHttps(origin));
  if (open.length > 0) mistakes.push(`REDIRECT_HOSTS: must be https in production, not ${open.join(', ')}`);
  return mistakes;
}

function openPatterns(settings: WellFormed): string[] {
  return Object.values(shopLinks).flatMap(({ setting }) => {
    const pattern = settings[setting];
    return pattern === undefined || isSafePattern(pattern)
      ? []
      : [`${setting}: must be https in production, whoever reads the address on the way could use the link`];
  });
}

/** Least memory (KiB) by passes, all of the same strength: OWASP Password Storage Cheat Sheet, Argon2id. */
const owasp: readonly [passes: number, memory: number][] = [
  [1, 47_104],
  [2, 19_456],
  [3, 12_288],
  [4, 9_216],
  [5, 7_168],
];

/** The least memory (KiB) that OWASP asks for with so many passes. */
export const leastMemory = (passes: number): number =>
  owasp.findLast(([least]) => least <= passes)?.[1] ?? Number.POSITIVE_INFINITY;

function cheapHashes({ ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes }: WellFormed): string[] {
  if (memory === undefined || passes === undefined || memory >= leastMemory(passes)) return [];
  return [
    `ARGON2_MEMORY_KIB: ${memory} KiB with ARGON2_PASSES=${passes} is below what OWASP asks for; use at least ${leastMemory(passes)} KiB, or the defaults`,
  ];
}

type NumberSetting = {
  [Name in keyof WellFormed]-?: NonNullable<WellFormed[Name]> extends number ? Name : never;
}[keyof WellFormed];

const HOUR = 3600;
const DAY = 24 * HOUR;

type Bounds = readonly [name: NumberSetting, least: number, most: number, why: string];

const lockouts = ['', 'AGENT_', 'STAFF_'] as const;
const lockoutBounds: readonly Bounds[] = lockouts.flatMap((whose): Bounds[] => [
  [`${whose}SIGN_IN_ATTEMPTS`, 1, 100, 'NIST SP 800-63B allows no more than 100 failures in a row'],
  [
    `${whose}SIGN_IN_WINDOW_SECONDS`,
    60,
    DAY,
    'shorter forgets guesses at once, longer counts honest mistakes of weeks together',
  ],
  [`${whose}SIGN_IN_BLOCK_SECONDS`, 60, DAY, 'shorter stops no guessing, longer lets strangers keep owners out'],
]);

/** Beyond these a setting no longer protects anybody; the defaults lie well within. */
const bounds: readonly Bounds[] = [
  ...lockoutBounds,
  ['ARGON2_MEMORY_KIB', 1, 1_048_576, 'a few sign-ins at once would use up the memory'],
  ['ARGON2_PASSES', 1, 32, 'a few sign-ins at once would use up the processor'],
  ['ARGON2_LANES', 1, 16, 'more lanes than cores make a hash cheaper to attack'],
  ['SIGN_IN_ACCOUNT_ATTEMPTS', 1, 1000, 'a thousand guesses an hour find a common password'],
  ['SIGN_IN_NETWORK_ATTEMPTS', 1, 100_000, 'one network could try every account'],
  ['PASSWORD_MIN_LENGTH', 8, 128, 'NIST SP 800-63B asks for 8 characters at least'],
  ['PASSWORD_MAX_LENGTH', 64, 128, 'NIST SP 800-63B wants 64 characters to be accepted'],
  ['MFA_CODE_ATTEMPTS', 1, 10, 'a code has six digits'],
  ['MFA_CODE_SECONDS', 30, HOUR, 'a code has six digits'],
  ['MAIL_REQUESTS', 1, 100, 'strangers could fill a mailbox'],
  ['RESET_LINK_SECONDS', 60, 7 * DAY, 'an old mail would open the account'],
  ['UNLOCK_LINK_SECONDS', 60, 7 * DAY, 'an old mail would open the account'],
  ['EMAIL_CHANGE_LINK_SECONDS', 60, 7 * DAY, 'an old mail would change the account'],
  ['CONFIRM_LINK_SECONDS', 60, 90 * DAY, 'an old mail would open the account'],
  ['INVITATION_LINK_SECONDS', 60, 90 * DAY, 'an old mail would open the account'],
  ['ACCESS_TOKEN_SECONDS', 30, 7 * DAY, 'a leaked token would work for too long'],
  ['REFRESH_TOKEN_SECONDS', 60, 400 * DAY, 'a leaked token would work for too long'],
  ['SESSION_IDLE_SECONDS', 60, 400 * DAY, 'a forgotten device would stay signed in'],
  ['SESSION_SECONDS', 60, 400 * DAY, 'a forgotten device would stay signed in'],
  ['REMEMBER_SECONDS', 60, 400 * DAY, 'browsers keep no cookie for longer'],
  ['MAILBOX_EMAILS_PER_HOUR', 1, 1000, 'strangers could fill a mailbox'],
  ['EMAIL_CHANGE_STOP_LINK_SECONDS', HOUR, 90 * DAY, 'an owner needs time to stop a change'],
  ['IMPERSONATION_SECONDS', 60, DAY, 'an agent would act for a customer for too long'],
  ['MAX_BODY_BYTES', 1024, 16_777_216, 'each request may take that much memory'],
];

const outOfBounds = (settings: WellFormed): string[] =>
  bounds.flatMap(([name, least, most, why]) => {
    const value = settings[name];
    return value === undefined || (value >= least && value <= most)
      ? []
      : [`${name}: must be from ${least} to ${most} in production; ${why}`];
  });

/** The largest share of the public internet that proxies may have: four times a /8, far more than any content network. */
const LARGEST_SHARE = 1 / 64;

function trustedStrangers({ TRUSTED_PROXIES: entries = [] }: WellFormed): string[] {
  const shares = { ipv4: 0, ipv6: 0 };
  for (const entry of new Set(entries)) {
    const range = toRange(entry);
    if (!range.isPrivate) shares[range.kind] += 2 ** -range.bits;
  }
  if (Math.max(shares.ipv4, shares.ipv6) <= LARGEST_SHARE) return [];
  return [
    'TRUSTED_PROXIES: trusts so much of the internet that anyone may choose the address they are counted by; list the proxies you run',
  ];
}

/** IPv4 ranges written as IPv6 count as IPv4, as they do when requests are looked at. */
function toRange(entry: string) {
  const [address, bits] = entry.includes('/')
    ? ipaddr.parseCIDR(entry)
    : [ipaddr.parse(entry), ipaddr.parse(entry).kind() === 'ipv4' ? 32 : 128];
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96;
  const plain = isMapped ? address.toIPv4Address() : address;
  const length = isMapped ? bits - 96 : bits;
  // A private address at the head of a range that reaches beyond: 10.0.0.0/4.
  const isPrivate =
    ['private', 'uniqueLocal', 'loopback', 'linkLocal', 'carrierGradeNat'].includes(plain.range()) && length >= 7;
  return { kind: plain.kind(), bits: length, isPrivate };
}
