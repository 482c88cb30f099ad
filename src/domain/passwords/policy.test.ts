import { readFileSync } from 'node:fs';
import { type RequestListener } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import type { App } from '../../platform/app.ts';
import type { Config } from '../../platform/config.ts';
import { checkPassword, checkStaffPassword, passwordRefused } from './index.ts';
import { breachService, digestOf } from '../../../test/breach-service.ts';

const world = useApp({ SHOP_NAME: 'Nordlicht Markt-24 GmbH' });
const ida = { email: 'Ida.Noor-1977@example.org', firstName: 'Ida', lastName: 'Noor-Sørensen' };

const appWith = (settings: Partial<Config>): App => ({ ...world.app, config: { ...world.app.config, ...settings } });

/** What is wrong with a password; nothing is. */
async function wrongWith(password: string, settings: Partial<Config> = {}): Promise<readonly string[]> {
  try {
    await checkPassword(appWith(settings), password, ida);
    return [];
  } catch (error) {
    if (passwordRefused.is(error)) return error.details.violations;
    throw error;
  }
}

test.for([
  ['Correct-Horse-7-Battery', []],
  ['Blank s are-Refused 7', ['characters']],
  ['Ab1!'.repeat(3), []],
  ['Ab1!'.repeat(32), []],
  ['change123', ['common', 'too-short', 'characters']],
  ['Change!23456', []],
  ['qweRTY_123456', []],
  ['Change123', ['common', 'too-short', 'characters']],
  ['Ab1!Ab1!Ab1', ['too-short']],
  [`${'Ab1!'.repeat(32)}x`, ['too-long']],
  ['Correct-Horse-777', ['repeats']],
  ['Correct-Horse-77-7', []],
  ['CORRECT-HORSE-7-BATTERY', ['characters']],
  ['correct-horse-7-battery', ['characters']],
  ['Correct-Horse-Battery', ['characters']],
  ['CorrectHorse7Battery', ['characters']],
  ['Correct-Höhe-7-Battery', ['characters']],
  ['Correct\\Horse-7-Battery', ['characters']],
  ['', ['too-short', 'characters']],
  ['aaaaaa', ['common', 'too-short', 'repeats', 'characters']],
] as const)('classic: %j', async ([password, violations]) => {
  expect(await wrongWith(password)).toEqual(violations);
});

test.for([
  ['winter amber glacier piano', []],
  ['øre skov himmel græs fjord', []],
  ['change123', ['common', 'too-short']],
  ['Kx9!Kq2?Vb7#ZT', ['too-short']],
  ['🦊🦊🦊🦊🦊🦊🦊', ['too-short']],
  [`${'k9 Vq '.repeat(21)}abc`, ['too-long']],
  ['aaaaaaaaaaaaaaaaaaaa', ['pattern']],
  ['abcdefghijklmnopqrs', ['pattern']],
  ['qwertyuiopasdfghjkl', ['common']],
  ['passwordpassword1', ['common-word']],
  ['thisismypasswordx', ['weak']],
] as const)('nist: %j', async ([password, violations]) => {
  expect(await wrongWith(password, { PASSWORD_POLICY: 'nist' })).toEqual(violations);
});

test('a password of the allow list is accepted by every policy, where a test sets one, and never for staff', async () => {
  for (const PASSWORD_POLICY of ['classic', 'strong', 'nist'] as const)
    expect(await wrongWith('change123', { PASSWORD_POLICY, PASSWORD_ALLOW_LIST: ['change123'] })).toEqual([]);
  await expect(checkStaffPassword(appWith({ PASSWORD_ALLOW_LIST: ['change123'] }), 'change123', ida)).rejects.toThrow(
    'passwords.refused',
  );
});

test('staff users have a policy of their own, strong unless another is set', async () => {
  await expect(checkStaffPassword(world.app, 'Change!23456', ida)).rejects.toThrow('passwords.refused');
  await expect(checkStaffPassword(world.app, 'winter amber glacier piano', ida)).resolves.toBeUndefined();
  const lenient = appWith({ STAFF_PASSWORD_POLICY: 'classic' });
  await expect(checkStaffPassword(lenient, 'Change!23456', ida)).resolves.toBeUndefined();
});

test.for(['classic', 'nist'] as const)(
  '%s refuses what is on the list of common ones, in any letter case',
  async (PASSWORD_POLICY) => {
    for (const common of ['password', 'PASSWORD', 'Qwerty', '123456', 'iloveyou', 'P@ssw0rd', 'Trustno1']) {
      expect(await wrongWith(common, { PASSWORD_POLICY })).toContain('common');
    }
  },
);

test('the first and the last of the list are found, and those between', async () => {
  const list = gunzipSync(readFileSync(new URL('../../../assets/common-passwords.txt.gz', import.meta.url)))
    .toString()
    .trimEnd()
    .split('\n');

  for (const common of [list.at(0), list.at(-1), ...list.filter((_, line) => line % 1000 === 1)])
    expect(await wrongWith(common ?? '')).toContain('common');
});

test('a password that only contains a common one may stand', async () => {
  expect(await wrongWith('My-password-is-7-long')).toEqual([]);
});

test.for(['classic', 'nist'] as const)(
  '%s refuses the own name, address and shop, ignoring case and blanks',
  async (PASSWORD_POLICY) => {
    const own = [
      'ida.noor-1977@example.org',
      'IDA.NOOR-1977@EXAMPLE.ORG',
      'ida.noor-1977',
      'IDA',
      'noor-SØRENSEN',
      'Ida Noor-Sørensen',
      'Noor-Sørensen Ida',
      'nordlicht markt-24 GMBH',
    ];
    for (const personal of own) expect(await wrongWith(personal, { PASSWORD_POLICY })).toContain('personal');
  },
);

test('nobody is refused for a name that is missing', async () => {
  await expect(
    checkPassword(world.app, 'Correct-Horse-7-Battery', { email: '', firstName: null, lastName: null }),
  ).resolves.toBeUndefined();
});

/** A breach service until the test ends. */
async function service(answer: RequestListener) {
  const { close, ...rest } = await breachService(answer);
  onTestFinished(close);
  return rest;
}

const digest = digestOf('Correct-Horse-7-Battery');

test('a breached password is refused; the service learns five characters of a hash', async () => {
  const { url, asked } = await service((_, response) =>
    response.end(`0000000000000000000000000000000000A:0\r\n${digest.slice(5)}:12\r\n`),
  );

  expect(await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: url })).toEqual(['breached']);
  expect(asked).toEqual([`/range/${digest.slice(0, 5)}`]);
});

test('lines that pad the answer mean nothing', async () => {
  const { url } = await service((_, response) => response.end(`${digest.slice(5)}:0\r\n`));

  expect(await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: url })).toEqual([]);
});

test('a password that is refused anyway is not looked up', async () => {
  const { url, asked } = await service((_, response) => response.end());

  await wrongWith('password', { BREACH_LOOKUP_URL: url });
  expect(asked).toEqual([]);
});

test.for<[string, RequestListener]>([
  ['answers 503', (_, response) => response.writeHead(503).end()],
  ['breaks off', (_, response) => response.destroy()],
  ['talks nonsense', (_, response) => response.end('<html>')],
])('a breach service that %s blocks nobody', async ([, answer]) => {
  const { url } = await service(answer);

  expect(await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: url })).toEqual([]);
});

test('a breach service that is not there blocks nobody', async () => {
  expect(await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: 'http://127.0.0.1:9/' })).toEqual([]);
});

test('an answer is remembered; a service that failed is left alone for half a minute', async () => {
  const knowing = await service((_, response) => response.end(`${digest.slice(5)}:12\r\n`));
  const failing = await service((_, response) => response.writeHead(503).end());
  const ask = async () => [
    await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: knowing.url }),
    await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: failing.url }),
  ];
  const asked = () => [knowing.asked.length, failing.asked.length];

  expect([await ask(), await ask(), asked()]).toEqual([
    [['breached'], []],
    [['breached'], []],
    [1, 1],
  ]);
  world.now = new Date(world.now.getTime() + 31_000);
  expect([await ask(), asked()]).toEqual([
    [['breached'], []],
    [1, 2],
  ]);
});

test('so many are asked for at once, and whoever is one too many is not blocked', async () => {
  let [running, most] = [0, 0];
  const { url } = await service((_, response) => {
    running += 1;
    most = Math.max(most, running);
    setImmediate(() => {
      running -= 1;
      response.end();
    });
  });
  const passwords = Array.from({ length: 150 }, (_, at) => `Correct-Horse-${[...String(at)].join('x')}-Battery`);

  const found = await Promise.all(passwords.map((password) => wrongWith(password, { BREACH_LOOKUP_URL: url })));

  expect(found.flat()).toEqual([]);
  expect(most).toBeLessThanOrEqual(8);
});

test('whoever is one too many does not switch the look-up off for others', async () => {
  const { url } = await service((_, response) => setImmediate(() => response.end(`${digest.slice(5)}:12\r\n`)));
  const passwords = Array.from({ length: 150 }, (_, at) => `Correct-Mule-${[...String(at)].join('x')}-Battery`);
  await Promise.all(passwords.map((password) => wrongWith(password, { BREACH_LOOKUP_URL: url })));

  expect(await wrongWith('Correct-Horse-7-Battery', { BREACH_LOOKUP_URL: url })).toEqual(['breached']);
});

test('those who wait while a service fails are not asked for', async () => {
  const { url, asked } = await service((_, response) => setImmediate(() => response.writeHead(503).end()));
  const passwords = Array.from({ length: 60 }, (_, at) => `Correct-Ox-${[...String(at)].join('x')}-Battery`);

  const found = await Promise.all(passwords.map((password) => wrongWith(password, { BREACH_LOOKUP_URL: url })));

  expect(found.flat()).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(16);
});
