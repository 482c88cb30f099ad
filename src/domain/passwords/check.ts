import type { App } from '../../platform/app.ts';
import { isBreached } from './breached.ts';
import { isCommon } from './common.ts';
import { policyOf, storedPattern } from './policy.ts';
import { passwordRefused, type Violation } from './problems.ts';

/** Whom a password belongs to: it may not be any of this. */
export interface Person {
  email?: string;
  firstName?: string | null;
  lastName?: string | null;
}

/**
 * Checks a new password against the shop's policy.
 *
 * @throws {@link passwordRefused} with everything that is wrong, in the order of the reference product:
 * list, length, repetition, characters.
 */
export async function checkPassword(app: App, password: string, person: Person = {}): Promise<void> {
  const policy = policyOf(app.config);
  if (policy.allow.includes(password)) return;

  const length = [...password].length;
  const violations: Violation[] = [];
  if (await isCommon(app, password)) violations.push('common');
  else if (isPersonal(password, person, app.config.SHOP_NAME)) violations.push('personal');
  if (length < policy.min) violations.push('too-short');
  if (length > policy.max) violations.push('too-long');
  if (policy.repeats && new RegExp(`(.)\\1{${policy.repeats - 1}}`, 'su').test(password)) violations.push('repeats');
  if (policy.composed && !storedPattern.test(password)) violations.push('characters');
  if (violations.length === 0 && policy.estimated && (await isWeak(password, person))) violations.push('weak');
  if (violations.length === 0 && (await isBreached(app, password))) violations.push('breached');
  if (violations.length > 0) throw passwordRefused({ violations, min: policy.min, max: policy.max });
}

/** Whether a password is the person's name, their address or the shop's name, ignoring case and blanks. */
function isPersonal(password: string, { email = '', firstName, lastName }: Person, shop: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, '');
  const [mailbox = ''] = email.split('@');
  const names = [
    email,
    mailbox,
    firstName ?? '',
    lastName ?? '',
    `${firstName ?? ''}${lastName ?? ''}`,
    `${lastName ?? ''}${firstName ?? ''}`,
    shop,
  ];
  return names.filter(Boolean).some((name) => plain(name) === plain(password));
}

/** Least acceptable score of the estimate: 3 of 4, "safely unguessable" offline. */
const STRENGTH = 3;

async function isWeak(password: string, { email = '', firstName, lastName }: Person): Promise<boolean> {
  // Its dictionaries take a while to load, and only the `nist` policy needs them.
  const { estimateStrength } = await import('./strength.ts');
  return estimateStrength(password, [email, firstName ?? '', lastName ?? '']) < STRENGTH;
}
