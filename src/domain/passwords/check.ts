import type { App } from '../../platform/app.ts';
import { isBreached } from './breached.ts';
import { isCommon } from './common.ts';
import { DEMO_PASSWORD, isPublished } from './demo-password.ts';
import { normalizePassword } from './normalize.ts';
import { choicesIn } from './patterns.ts';
import { containsPersonal, isPersonal, type Person, personalWords } from './personal.ts';
import { isDenied } from './denied.ts';
import { hasCharacters, type PasswordPolicy, policyOf, staffPolicy } from './policy.ts';
import { passwordRefused, type Violation } from './problems.ts';
import { wordsWithin } from './spellings.ts';

/** Fewest choices of a password: a run over the keyboard, a sequence and a repetition count as one each. */
const CHOICES_MIN = 6;
/** Letters of the shortest common word that a password may not consist of. */
const WORD_MIN = 3;
/** Letters of the shorter of two common words that a password may not consist of; shorter ones are syllables. */
const PAIRED_MIN = 4;
/** Least guesses, as a power of ten: what zxcvbn calls very unguessable. */
const GUESSES_MIN = 10;

/**
 * Checks a new password against the shop's policy for customers.
 *
 * @throws {@link passwordRefused} with everything that is wrong, in the order of the reference product:
 * list, length, repetition, characters.
 * @throws {@link overloaded} where more passwords are being estimated than may wait.
 */
export async function checkPassword(app: App, password: string, person: Person = {}): Promise<void> {
  if (isAllowed(app, password)) return;
  await check(app, password, person, policyOf(app.config));
}

/** Checks what takes no time, for callers that have yet to find out whether a link is valid. Throws the same. */
export async function checkPasswordRules(app: App, password: string, person: Person = {}): Promise<void> {
  if (isAllowed(app, password)) return;
  const policy = policyOf(app.config);
  refuse(await violationsOf(app, normalizePassword(password), person, policy), policy);
}

/** Checks a new password of a staff user: their policy, without the list of allowed ones. Throws the same. */
export const checkStaffPassword = (app: App, password: string, person: Person): Promise<void> =>
  check(app, password, person, staffPolicy(app.config));

const isAllowed = ({ config }: App, password: string): boolean => config.PASSWORD_ALLOW_LIST.includes(password);

async function check(app: App, typed: string, person: Person, policy: PasswordPolicy): Promise<void> {
  const password = normalizePassword(typed);
  refuse(await violationsOf(app, password, person, policy), policy);
  if (policy.resistsGuessing && (await isWeak(app, password, person))) refuse(['weak'], policy);
  if (await isBreached(app, password)) refuse(['breached'], policy);
}

function refuse(violations: readonly Violation[], policy: PasswordPolicy): void {
  if (violations.length > 0) throw passwordRefused({ violations, ...policy });
}

async function violationsOf(app: App, password: string, person: Person, policy: PasswordPolicy): Promise<Violation[]> {
  const length = [...password].length;
  const violations: Violation[] = [];
  if (isPublished(app, password) || (await isCommon(app, password)) || (await isDenied(app, password)))
    violations.push('common');
  else if (isPersonal(app, password, person)) violations.push('personal');
  if (length < policy.min) violations.push('too-short');
  if (length > policy.max) violations.push('too-long');
  if (policy.repeats && new RegExp(`(.)\\1{${policy.repeats - 1}}`, 'su').test(password)) violations.push('repeats');
  if (!hasCharacters(password, policy)) violations.push('characters');
  // The demo shop's staff log in with two common words; where it would matter, it is refused above as published.
  const mayBeGuessed = policy.resistsGuessing && password !== DEMO_PASSWORD;
  const guessed = violations.length === 0 && mayBeGuessed && (await firstGuess(app, password, person));
  return guessed ? [guessed] : violations;
}

/** Why a password is among those that attackers try first; undefined if it is not. */
async function firstGuess(app: App, password: string, person: Person): Promise<Violation | undefined> {
  const words = wordsWithin(password);
  if (containsPersonal(app, password, words, person)) return 'personal';
  if (choicesIn(password) < CHOICES_MIN) return 'pattern';
  for (const word of words)
    if (word.length >= WORD_MIN && ((await isCommon(app, word)) || (await isCommonPair(app, word))))
      return 'common-word';
  return undefined;
}

/** Whether a word is two common ones in a row: with a year behind them, attackers try those next. */
async function isCommonPair(app: App, word: string): Promise<boolean> {
  for (let at = PAIRED_MIN; at <= word.length - PAIRED_MIN; at++)
    if ((await isCommon(app, word.slice(0, at))) && (await isCommon(app, word.slice(at)))) return true;
  return false;
}

async function isWeak(app: App, password: string, person: Person): Promise<boolean> {
  const guesses = await app.strength.estimate(password, personalWords(app, person), app.origin.network);
  return guesses < GUESSES_MIN;
}
