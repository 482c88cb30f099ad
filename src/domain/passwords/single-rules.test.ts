import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { somebody } from '../../../test/builders.ts';
import { translator } from '../../i18n/index.ts';
import { passwordHint, passwordMistake } from '../../i18n/password.ts';
import type { Config } from '../../platform/config.ts';
import { readConfig } from '../../platform/config.ts';
import { passwordSettings } from '../../platform/config-passwords.ts';
import { checkPassword, passwordRefused, policyOf } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'clientele-deny-'));
afterAll(() => rmSync(folder, { recursive: true }));
const denyFile = join(folder, 'deny.txt');
writeFileSync(denyFile, ['Summer-In-Berlin-7', 'Zürich-im-Winter-8', ''].join('\r\n'));

const world = useApp({
  PASSWORD_MIN_LENGTH: '9',
  PASSWORD_CHARACTERS: 'upper,lower,digit',
  PASSWORD_CHARACTER_KINDS: '2',
  PASSWORD_REPEATS: '4',
});

/** What is wrong with a password under these settings, over a preset. */
async function wrongWith(password: string, env: Record<string, string>): Promise<readonly string[]> {
  const none = Object.fromEntries(Object.keys(passwordSettings).map((name) => [name, undefined]));
  const config: Config = { ...world.app.config, ...none, ...readConfig(env) };
  try {
    await checkPassword({ ...world.app, config }, password);
    return [];
  } catch (error) {
    if (passwordRefused.is(error)) return error.details.violations;
    throw error;
  }
}

test.for<[setting: Record<string, string>, password: string, violations: string[]]>([
  [{ PASSWORD_MIN_LENGTH: '8' }, 'Wx7!Qk2?', []],
  [{ PASSWORD_MIN_LENGTH: '16' }, 'Correct-Horse-7', ['too-short']],
  [{ PASSWORD_MAX_LENGTH: '20' }, 'Correct-Horse-7-Battery', ['too-long']],
  [{ PASSWORD_CHARACTERS: 'any' }, 'correct horse battery', []],
  [{ PASSWORD_CHARACTERS: 'digit' }, 'correct horse battery', ['characters']],
  [{ PASSWORD_CHARACTERS: 'digit' }, 'correct horse 7 battery', []],
  [{ PASSWORD_CHARACTERS: 'upper,special' }, 'correct-horse-battery', ['characters']],
  [{ PASSWORD_CHARACTERS: 'upper,special' }, 'Ölmühle & Straße', []],
  [{ PASSWORD_CHARACTERS: 'special' }, 'correct horse battery', ['characters']],
  [{ PASSWORD_CHARACTERS: 'upper,lower,digit,special', PASSWORD_CHARACTER_KINDS: '3' }, 'Correct-Horse-Battery', []],
  [
    { PASSWORD_CHARACTERS: 'upper,lower,digit,special', PASSWORD_CHARACTER_KINDS: '3' },
    'correct-horse-battery',
    ['characters'],
  ],
  [{ PASSWORD_REPEATS: '2' }, 'Correct-Horse-7-Battery', ['repeats']],
  [{ PASSWORD_REPEATS: '0' }, 'Correct-Horse-7777777', []],
  [{ PASSWORD_DENY_LIST: 'correct-horse-7-battery' }, 'Correct-Horse-7-Battery', ['common']],
  [{ PASSWORD_DENY_LIST_FILE: denyFile }, 'Summer-In-Berlin-7', ['common']],
  [{ PASSWORD_DENY_LIST_FILE: denyFile, PASSWORD_CHARACTERS: 'any' }, 'ZÜRICH-im-winter-8', ['common']],
  [{ PASSWORD_DENY_LIST_FILE: denyFile }, 'Winter-In-Berlin-7', []],
  [{ PASSWORD_POLICY: 'nist', PASSWORD_MIN_LENGTH: '12' }, 'amber glacier piano', []],
])('%j: %s is refused for %j', async ([settings, password, violations]) => {
  expect(await wrongWith(password, settings)).toEqual(violations);
});

test('a single rule leaves the others of the preset', () => {
  const config = readConfig({ PASSWORD_MIN_LENGTH: '10' });
  expect(policyOf(config)).toMatchObject({ min: 10, max: 128, characters: 'contract', repeats: 3 });
});

test('staff users keep the policy that is theirs', async () => {
  const { staffPolicy } = await import('./policy.ts');
  expect(staffPolicy(readConfig({ PASSWORD_MIN_LENGTH: '8' }))).toMatchObject({ min: 12 });
});

test('pages say the rules that are in force before a password is typed, in both languages', async () => {
  const shopper = browser(world);

  const english = (await shopper.get('/en/register')).html;
  expect(english).toContain(
    'At least 9 characters, with at least 2 of these: upper-case letter, lower-case letter, number. No character 4 times in a row.',
  );
  expect((await shopper.get('/de/register')).html).toContain(
    'Mindestens 9 Zeichen, darunter mindestens 2 davon: Großbuchstabe, Kleinbuchstabe, Ziffer. Kein Zeichen 4-mal hintereinander.',
  );
});

test('pages and API refuse by the same rules and say which', async () => {
  const t = translator('en');
  const policy = policyOf(world.app.config);
  expect(passwordMistake(t, 'characters', policy)).toBe(
    'Please use at least 2 of these: upper-case letter, lower-case letter, number.',
  );
  expect(passwordHint(t, { ...policy, characters: { kinds: ['digit'], needed: 1 }, repeats: undefined })).toBe(
    'At least 9 characters, with each of these: number.',
  );
  const { password: _, ...person } = somebody();
  const register = (password: string) =>
    api(world, 'POST', '/customers', {
      attributes: {
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
        salutation: 'Ms',
        gender: 'Female',
        password,
        confirmPassword: password,
        acceptedTerms: true,
      },
    });

  expect((await register('correct horse battery')).json.errors).toEqual([
    {
      detail:
        'password => Your password must include at least 2 of the following: uppercase letter, lowercase letter, number.',
      status: 422,
      code: '901',
    },
  ]);
  expect((await register('Ab3')).json.errors[0].detail).toContain('It should have 9 characters or more.');
  expect((await register('correct horse 7')).status).toBe(201);
});

test.for<[Record<string, string>, RegExp]>([
  [{ PASSWORD_CHARACTERS: 'upper,emoji' }, /PASSWORD_CHARACTERS: must be any, or some of upper, lower, digit, special/],
  [
    { PASSWORD_MIN_LENGTH: '20', PASSWORD_MAX_LENGTH: '10' },
    /PASSWORD_MAX_LENGTH: must not be below the least length, which is 20/,
  ],
  [{ PASSWORD_MAX_LENGTH: '10' }, /which is 12/],
  [{ PASSWORD_MAX_LENGTH: '129' }, /PASSWORD_MAX_LENGTH/],
  [{ PASSWORD_CHARACTER_KINDS: '2' }, /PASSWORD_CHARACTER_KINDS: must not be more than PASSWORD_CHARACTERS names/],
  [{ PASSWORD_REPEATS: '1' }, /PASSWORD_REPEATS: must be 0 for any number, or 2 or more/],
  [{ PASSWORD_DENY_LIST_FILE: '.' }, /PASSWORD_DENY_LIST_FILE: must be a file that can be read/],
  [{ PASSWORD_DENY_LIST_FILE: '/no/such/file' }, /PASSWORD_DENY_LIST_FILE: must be a file that can be read/],
])('%j does not start', ([settings, reason]) => {
  expect(() => readConfig(settings)).toThrow(
    expect.objectContaining({ details: { reason: expect.stringMatching(reason) } }),
  );
});
