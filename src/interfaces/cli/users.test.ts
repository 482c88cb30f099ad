import { beforeEach, describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD } from '../../../test/builders.ts';
import { agent, agentToken } from '../../../test/staff.ts';
import { mayStaff, staffByEmail } from '../../domain/staff/index.ts';
import { useConsole } from '../../../test/console.ts';

const world = useApp();

const run = useConsole(world);

let count = 0;
const address = () => `eva.moor.${(count += 1)}@shop.example`;
const backOffice = (username: string, password = PASSWORD) =>
  api(world, 'POST', '/glue-backend/token', { body: { grant_type: 'password', username, password } });
const lineOf = async (email: string) =>
  (await run('user:list')).text.split('\n').find((line) => line.startsWith(`${email} `));

describe('user:create', () => {
  test('makes somebody with the details given, and a password that is printed and works', async () => {
    const email = address();

    const { status, text } = await run('user:create', [
      email,
      '--first-name=Eva',
      '--last-name=Moor',
      '--locale=de_DE',
      '--role=support',
      '--role=auditor',
    ]);

    expect(status).toBe(0);
    const [said, printed] = text.split('\nPassword: ');
    expect(said).toBe(`${email} is created.`);
    expect((await backOffice(email, printed)).status).toBe(200);
    expect(await staffByEmail(world.app.db, email)).toMatchObject({ locale: 'de_DE', isAgent: false });
    expect(await lineOf(email)).toBe(`${email}  Eva Moor  active, auditor, support`);
  });

  test('makes a new password each time, of every kind of character', async () => {
    const passwords = [];
    for (let at = 0; at < 2; at++) passwords.push((await run('user:create', [address()])).text.split('Password: ')[1]);

    expect(new Set(passwords).size).toBe(2);
    for (const password of passwords) expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w-]{20,}$/);
  });

  test.for([`${PASSWORD}\n`, `${PASSWORD}\r\n`, PASSWORD])('takes the password that is piped in, %j', async (input) => {
    const email = address();

    expect(await run('user:create', [email, '--password-stdin'], { input })).toMatchObject({
      status: 0,
      text: `${email} is created.`,
    });

    expect((await backOffice(email)).status).toBe(200);
  });

  test('makes agents of those who are to be, and of nobody else', async () => {
    const [one, other] = [address(), address()];
    const { text } = await run('user:create', [one, '--agent', '--password-stdin'], { input: PASSWORD });
    await run('user:create', [other, '--password-stdin'], { input: PASSWORD });

    expect(text).toBe(`${one} is created, as an agent.`);
    await expect(agentToken(world, one)).resolves.toBeDefined();
    await expect(agentToken(world, other)).rejects.toThrow('answered 401');
    expect(await lineOf(one)).toBe(`${one}  Staff User  active, agent`);
  });

  test.for<[args: string[], reason: RegExp]>([
    [[], /^Whom\? See `clientele user:create --help`\.$/],
    [[''], /^Whom\?/],
    [['eva'], /^EMAIL: must be an email address$/],
    [[`${'x'.repeat(100)}@shop.example`], /100/],
    [['eva@shop.example', '--first-name='], /^--first-name: must not be blank$/],
    [['eva@shop.example', `--last-name=${'x'.repeat(256)}`], /^--last-name: must not have more than 255/],
    [['eva@shop.example', '--locale=german'], /must look like de_DE/],
    [['eva@shop.example', '--role'], /--role/],
    [['eva@shop.example', '--password=x'], /^There is no option --password of user:create\./],
  ])('%j is a wrong call', async ([args, reason]) => {
    const { status, text } = await run('user:create', args);

    expect(status).toBe(2);
    expect(text).toMatch(reason);
    expect(await staffByEmail(world.app.db, 'eva@shop.example')).toBeUndefined();
  });

  test.for<[args: string[], input: string, text: string]>([
    [
      ['--role=emperor', '--password-stdin'],
      PASSWORD,
      'There is no role emperor. There is: administrator, auditor, support.',
    ],
    [
      ['--role=support,auditor', '--password-stdin'],
      PASSWORD,
      'There is no role support,auditor. There is: administrator, auditor, support.',
    ],
    [['--password-stdin'], 'Ab1!x', 'The password will not do. Please use at least 12 characters.'],
    [['--password-stdin'], '', 'The password will not do. Please use at least 12 characters.'],
    [
      ['--password-stdin'],
      'change123',
      'The password will not do. This password is one of the most common ones. Please choose another. Please use at least 12 characters.',
    ],
    [
      ['--password-stdin'],
      'Welcome12345!',
      'The password will not do. This password is one or two common words with digits, symbols or a few replaced letters; attackers try those first. Please choose several words that do not belong together.',
    ],
  ])('with %j and %j fails, and leaves nobody behind', async ([args, input, text]) => {
    const email = address();

    expect(await run('user:create', [email, ...args], { input })).toMatchObject({ status: 1, text });
    expect(await staffByEmail(world.app.db, email)).toBeUndefined();
  });

  test('fails where somebody has the address, in any letter case, and leaves them as they are', async () => {
    const { email } = await agent(world);

    for (const taken of [email, email.toUpperCase()])
      expect(
        await run('user:create', [taken, '--role=administrator', '--password-stdin'], { input: `${PASSWORD}!` }),
      ).toMatchObject({
        status: 1,
        text: 'There is somebody with this address already.',
      });

    expect(await lineOf(email)).toBe(`${email}  Ana Roth  active, agent`);
    expect((await backOffice(email)).status).toBe(200);
  });
});

describe('user:grant', () => {
  test('gives and takes roles, and makes an agent', async () => {
    const { email } = await agent(world, { isAgent: false, roles: ['support'] });

    const { status, text } = await run('user:grant', [
      email.toUpperCase(),
      '--role=auditor',
      '--withdraw=support',
      '--agent=true',
    ]);

    expect({ status, text }).toEqual({ status: 0, text: `${email} is active, agent, auditor.` });
    expect(await lineOf(email)).toBe(`${email}  Ana Roth  active, agent, auditor`);
  });

  test.for(['blocked', 'deleted'])(
    '--state=%s ends every token at once; --state=active lets them in again',
    async (state) => {
      const { email } = await agent(world);
      const { accessToken, refreshToken } = await agentToken(world, email);
      const { access_token: token } = (await backOffice(email)).json;

      expect(await run('user:grant', [email, `--state=${state}`])).toMatchObject({
        status: 0,
        text: `${email} is ${state}, agent.`,
      });

      const search = await api(world, 'GET', '/agent-customer-search', { token: accessToken });
      const refresh = await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
      const factors = await api(world, 'GET', '/glue-backend/multi-factor-auth-types', { token });
      expect([search.status, refresh.status, factors.status]).toEqual([401, 401, 401]);
      await run('user:grant', [email, '--state=active']);
      expect((await backOffice(email)).status).toBe(200);
      expect((await api(world, 'GET', '/glue-backend/multi-factor-auth-types', { token })).status).toBe(401);
    },
  );

  test('--agent=false ends what an agent holds, not the log-in of a colleague', async () => {
    const { email } = await agent(world);
    const { accessToken } = await agentToken(world, email);

    expect((await run('user:grant', [email, '--agent=false'])).text).toBe(`${email} is active.`);

    expect((await api(world, 'GET', '/agent-customer-search', { token: accessToken })).status).toBe(401);
    await expect(agentToken(world, email)).rejects.toThrow('answered 401');
    expect((await backOffice(email)).status).toBe(200);
  });

  test.for<[args: string[], status: number, reason: RegExp]>([
    [[], 2, /^Whom\? See `clientele user:grant --help`\.$/],
    [['eva@shop.example', '--agent=yes'], 2, /must be true or false/],
    [['eva@shop.example', '--agent'], 2, /--agent/],
    [['eva@shop.example', '--state=gone'], 2, /must be active, blocked or deleted/],
    [['nobody@shop.example', '--agent=true'], 1, /^There is nobody with this address\.$/],
  ])('%j answers %i', async ([args, expected, reason]) => {
    const { status, text } = await run('user:grant', args);

    expect(status).toBe(expected);
    expect(text).toMatch(reason);
  });

  test.for(['--role=emperor', '--withdraw=emperor'])('%s fails, and nothing else happens either', async (option) => {
    const { email } = await agent(world);

    expect(await run('user:grant', [email, option, '--role=support', '--state=blocked'])).toMatchObject({
      status: 1,
      text: 'There is no role emperor. There is: administrator, auditor, support.',
    });
    expect(await lineOf(email)).toBe(`${email}  Ana Roth  active, agent`);
  });
});

describe('the last administrator', () => {
  beforeEach(() => world.sql('delete from staff_user_role'));

  test.for(['--withdraw=administrator', '--state=blocked', '--state=deleted'])(
    'cannot be lost by %s',
    async (option) => {
      const user = await agent(world, { roles: ['administrator'] });

      expect(await run('user:grant', [user.email, option])).toMatchObject({
        status: 1,
        text: 'Nobody would be left who may do everything.',
      });
      expect(await mayStaff(world.app, user, 'staff.edit')).toBe(true);
      await agent(world, { roles: ['administrator'] });
      expect((await run('user:grant', [user.email, option])).status).toBe(0);
    },
  );
});

test('user:list has a line for everybody, in the order they came, and no secrets', async () => {
  const emails = [(await agent(world)).email, (await agent(world, { isAgent: false })).email];

  const { status, text } = await run('user:list');

  expect(status).toBe(0);
  const lines = text.split('\n');
  expect(lines.slice(-2)).toEqual([`${emails[0]}  Ana Roth  active, agent`, `${emails[1]}  Ana Roth  active`]);
  expect(text).not.toMatch(/\$argon|password/i);
});
