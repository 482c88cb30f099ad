import { performance } from 'node:perf_hooks';
import { availableParallelism } from 'node:os';
import { stat } from 'node:fs/promises';
import type { Config } from '../../../platform/config.ts';
import { leastMemory } from '../../../platform/config-production.ts';
import { openHasher } from '../../../platform/crypto/hasher.ts';
import { weaknessOf } from '../../../platform/crypto/secret-strength.ts';
import { isMailboxOpen } from '../../../platform/http/known-hosts.ts';
import type { Log } from '../../../platform/log.ts';
import { badInProduction, type Finding, messageOf } from './finding.ts';

/** What the settings say by themselves; weak ones of production were refused before. */
export function checkSettings(config: Config): Finding[] {
  const findings: Finding[] = [];
  findings.push(
    config.NODE_ENV === 'production'
      ? { check: 'mode', state: 'ok', text: 'production' }
      : { check: 'mode', state: 'hint', text: `${config.NODE_ENV}; set NODE_ENV=production where customers come` },
  );
  findings.push(strengthOfSecret(config));
  if (isMailboxOpen(config))
    findings.push({
      check: 'mailbox',
      state: 'bad',
      text: `everyone who reaches ${config.HOST} can read all emails; set SMTP_URL, or HOST=127.0.0.1`,
    });
  findings.push(
    config.PASSWORD_POLICY === 'classic'
      ? {
          check: 'password policy',
          state: 'hint',
          text: 'classic takes passwords that are easy to guess, such as common words with a suffix; PASSWORD_POLICY=strong refuses them',
        }
      : { check: 'password policy', state: 'ok', text: config.PASSWORD_POLICY },
  );
  return findings;
}

function strengthOfSecret(config: Config): Finding {
  const check = 'secret strength';
  if (config.SECRET === undefined)
    return { check, state: 'ok', text: `generated into ${config.DATA_DIR}; back it up with the database` };
  const weakness = weaknessOf(config.SECRET);
  return weakness
    ? { check, state: badInProduction(config), text: `SECRET ${weakness}; take one from \`openssl rand -base64 48\`` }
    : { check, state: 'ok', text: 'set, and not to be guessed' };
}

/** Milliseconds between which a hash costs attackers enough and customers not too much. */
const CHEAP_MS = 20;
const DEAR_MS = 1000;
const ROUNDS = 3;

/** How long this machine takes for one password. */
export async function checkHashCost(config: Config, log: Log): Promise<Finding> {
  const hasher = openHasher({ ...config, HASHING_PROCESSES: 0 }, log);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await hasher.hash('clientele doctor measures this one');
    times.push(performance.now() - started);
  }
  await hasher.close();
  const milliseconds = Math.round(times.toSorted((a, b) => a - b)[1] ?? 0);
  const { ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes } = config;
  const cost = `${milliseconds} ms a password on this machine, about ${Math.floor((availableParallelism() * 1000) / Math.max(milliseconds, 1))} sign-ins a second`;
  const finding = (state: Finding['state'], advice: string) => ({ check: 'hash cost', state, text: cost + advice });
  if (memory < leastMemory(passes))
    return finding(badInProduction(config), `; below what OWASP asks for: ARGON2_MEMORY_KIB=${leastMemory(passes)}`);
  if (milliseconds < CHEAP_MS) return finding('hint', `; this machine can do more: ARGON2_PASSES=${passes + 1}`);
  if (milliseconds > DEAR_MS)
    return finding('hint', '; sign-ins will queue: lower ARGON2_PASSES or take a faster machine');
  return finding('ok', '');
}

/** How old the newest backup is, as far as one was named. */
export async function checkBackupFile(file: string | undefined, hours: number, now: Date): Promise<Finding[]> {
  if (file === undefined) return [];
  const check = 'backup file';
  try {
    const age = (now.getTime() - (await stat(file)).mtimeMs) / 3_600_000;
    const text = `${file} is ${age.toFixed(1)} hours old`;
    return [age > hours ? { check, state: 'bad', text: `${text}, more than ${hours}` } : { check, state: 'ok', text }];
  } catch (error) {
    return [{ check, state: 'bad', text: `there is no backup at ${file}: ${messageOf(error)}` }];
  }
}
