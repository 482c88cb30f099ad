import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { testConfig } from '../../../test/settings.ts';
import { jobs } from '../../app.ts';
import { customerById, registerCustomer } from '../../domain/customers/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { commands, findCommand } from './index.ts';
import { unneededCommands } from './unneeded.ts';
import { useConsole } from '../../../test/console.ts';

const world = useApp();

const run = useConsole(world);

const names = [...commands.keys()];

test.for(names)('%s helps', async (name) => {
  const command = await findCommand(name)?.load();

  expect(command?.name).toBe(name);
  expect(command?.help).toMatch(new RegExp(`^Usage: clientele ${name}`));
  expect(command?.help).toContain(command?.summary);
  expect(command?.help).not.toMatch(/undefined|\[object/);
});

test.for(names)('%s answers an option that it does not have with 2 and a sentence', async (name) => {
  const { status, text } = await run(name, ['--nonsense']);

  expect(status).toBe(2);
  expect(text).toBe(`There is no option --nonsense of ${name}.\nSee \`clientele ${name} --help\`.`);
});

const takesAny = new Set(['guest-access:set', ...unneededCommands.map(({ name }) => name)]);

test.for(names.filter((name) => !takesAny.has(name)))('%s refuses more arguments than it takes', async (name) => {
  const { status, text } = await run(name, ['one', 'two', 'three']);

  expect(status).toBe(2);
  expect(text).toMatch(new RegExp(`^${name} takes (no arguments|only [^;]+); .*"three" (is|are) too much\\.`));
});

test.for([
  ['store:set', ['DE', '--local=de_DE'], 'There is no option --local of store:set. Did you mean --locales?'],
  ['data:import', ['--rejcts=r.csv'], 'There is no option --rejcts of data:import. Did you mean --rejects?'],
  ['store:set', ['DE', '--locales'], '--locales needs a value: --locales=LIST.'],
  ['store:set', ['DE', '--locales', '--currencies=EUR'], '--locales needs a value: --locales=LIST.'],
  ['customer:anonymize', ['DE--1', '--force=no'], '--force takes no value.'],
  ['customer:anonymize', ['DE--1', '-x'], 'There is no option -x of customer:anonymize.'],
] as const)('%s %s is answered in a sentence', async ([name, args, sentence]) => {
  const { status, text } = await run(name, args);

  expect({ status, first: text.split('\n')[0] }).toEqual({ status: 2, first: sentence });
});

test.for([
  ['customer:lok', ' Did you mean customer:lock?'],
  ['data:imprt', ' Did you mean data:import?'],
  ['Store:List', ' Did you mean store:list?'],
  ['dcotor', ' Did you mean doctor?'],
  ['confgi', ' Did you mean config?'],
  ['ls', ''],
  ['explode', ''],
])('the command %s suggests "%s"', ([typed = '', suggestion]) => {
  expect(didYouMean(typed, names)).toBe(suggestion);
});

test.for([
  ['AX', ''],
  ['DEE', ' Did you mean DE?'],
  ['wrok', ' Did you mean work?'],
])('of DE, AT, US and work, "%s" suggests "%s"', ([typed = '', suggestion]) => {
  expect(didYouMean(typed, ['DE', 'AT', 'US', 'work'])).toBe(suggestion);
});

test('there is no command that was never written', () => {
  expect(findCommand('customer:explode')).toBeUndefined();
});

test('store:list shows every store, store:set makes one that customers can use', async () => {
  const created = await run('store:set', [
    'CH',
    '--locales=de_CH,fr_CH',
    '--currencies=CHF',
    '--countries=CH,LI',
    '--time-zone=Europe/Zurich',
  ]);
  expect(created).toMatchObject({ status: 0, text: 'CH is created.' });

  const { status, text } = await run('store:list');
  expect(status).toBe(0);
  expect(text).toContain('CH  Europe/Zurich\n    locales de_CH, fr_CH\n    currencies CHF\n    countries CH, LI');
  const { reference } = await registerCustomer(world.app, somebody({ store: 'CH' }));
  expect(reference).toMatch(/^CH--/);
});

test('store:set changes what is given and leaves the rest', async () => {
  const before = (await run('store:list')).text;
  const currencies = /currencies (.*)/.exec(before.slice(before.indexOf('DE  ')))?.[1];
  expect(await run('store:set', ['DE', '--time-zone=Europe/Vienna'])).toMatchObject({
    status: 0,
    text: 'DE is changed.',
  });

  const { text } = await run('store:list');
  expect(text.slice(text.indexOf('DE  '))).toMatch(/^DE {2}Europe\/Vienna/);
  expect(text.slice(text.indexOf('DE  '))).toContain(`currencies ${currencies}`);
});

test.for([
  [[], /upper-case letters/],
  [['mars'], /upper-case letters/],
  [['MARS'], /locales/],
  [['DE', '--locales=german'], /must look like de_DE/],
  [['DE', '--locales='], /must look like de_DE/],
  [['DE', '--currencies=EURO'], /ISO 4217/],
  [['DE', '--countries=DE,de'], /ISO 3166/],
  [['DE', '--locales=xx_DE'], /^--locales: there is no language xx$/],
  [['DE', '--locales=de_XX'], /^--locales: there is no country XX$/],
  [['DE', '--currencies=EUR,ABC'], /^--currencies: there is no currency ABC$/],
  [['DE', '--countries=AT,UK'], /^--countries: there is no country UK$/],
  [['DE', '--countries=EU'], /^--countries: there is no country EU$/],
  [['NEW'], /^--time-zone: is needed for a new store$/m],
  [['DE', '--time-zone=Mars/Olympus'], /must be a time zone/],
] as const)('store:set %s is a wrong call', async ([args, reason]) => {
  const { status, text } = await run('store:set', args);

  expect(status).toBe(2);
  expect(text).toMatch(reason);
  expect(text).not.toMatch(/Invalid input|✖|→/);
});

test('customer:lock and customer:unlock, by address and by reference', async () => {
  const { id, email, reference } = await activeCustomer(world);
  await logIn(world, email);

  expect(await run('customer:lock', [email])).toMatchObject({ status: 0, text: `${reference} is locked.` });
  await expect(logIn(world, email)).rejects.toThrow('answered 401');
  expect(await run('customer:lock', [reference])).toMatchObject({ status: 1, text: `${reference} is locked.` });
  expect(await run('customer:unlock', [reference])).toMatchObject({ status: 0, text: `${reference} is active.` });
  await logIn(world, email);
  expect((await run('customer:unlock', [email])).status).toBe(1);
  expect(await customerById(world.app.db, id)).toMatchObject({ state: 'active' });
});

test('customer:unblock lets somebody try again', async () => {
  const { email, reference } = await activeCustomer(world);
  for (let attempt = 1; attempt <= 12; attempt++) await logIn(world, email, 'wrong').catch(() => undefined);
  await expect(logIn(world, email)).rejects.toThrow(/answered 4/);

  expect(await run('customer:unblock', [email])).toMatchObject({ status: 0, text: `${reference} may try again.` });

  await logIn(world, email);
});

test('customer:anonymize asks, and does nothing after a no', async () => {
  const { id, email, reference } = await activeCustomer(world);

  const no = await run('customer:anonymize', [reference]);
  expect(no.questions).toEqual([`Erase ${reference} (${email}) for good?`]);
  expect(await customerById(world.app.db, id)).toMatchObject({ email });
  expect(no).toMatchObject({ status: 1, text: 'Nothing was done.' });
  const alone = await run('customer:anonymize', [reference], { alone: true });
  expect(alone.status).toBe(1);
  expect(alone.text).toContain('Use --force.');
  const yes = await run('customer:anonymize', [reference], { answer: true });

  expect(yes).toMatchObject({ status: 0, text: `${reference} is anonymized.` });
  expect(await world.sql('select state from customer where id = $1', [id])).toEqual([{ state: 'anonymized' }]);
});

test('customer:anonymize --force does not ask', async () => {
  const { email, reference } = await activeCustomer(world);

  expect(await run('customer:anonymize', [email, '-f'])).toMatchObject({
    status: 0,
    text: `${reference} is anonymized.`,
    questions: [],
  });
});

test.for(['customer:lock', 'customer:unlock', 'customer:unblock', 'customer:anonymize'])(
  '%s without a customer is a wrong call; with one that is not there it fails',
  async (name) => {
    expect(await run(name)).toMatchObject({ status: 2, text: expect.stringMatching(/^Which customer\?/) });
    expect(await run(name, ['XX--99'])).toMatchObject({ status: 1, text: 'There is no customer XX--99.' });
    expect(await run(name, ['no@body.org'])).toMatchObject({ status: 1, text: 'There is no customer no@body.org.' });
  },
);

test('jobs:failed lists what was given up, jobs:retry does it again', async () => {
  await world.runJobs();
  expect((await run('jobs:failed')).text).toBe('No job was given up.');
  const { email } = await registerCustomer(world.app, somebody());
  const refusing = { ...world.app.mailer, send: () => Promise.reject(new Error('550 no such user')) };
  await world.sql(`update pgboss.job set retry_limit = 0 where state = 'created'`);
  await world.app.queue.drain({ ...world.app, mailer: refusing }, jobs);

  const { status, text } = await run('jobs:failed');
  expect(status).toBe(0);
  expect(text).toMatch(/customers\.\S+ .*\n {4}550 no such user/);
  expect(text).not.toContain(email);
  expect(JSON.parse((await run('jobs:failed', ['--json'])).text)).toMatchObject([{ reason: '550 no such user' }]);
  expect(await run('jobs:retry')).toMatchObject({ status: 0, text: '1 jobs queued again' });
  expect(await world.mails(email)).toHaveLength(1);
  expect((await run('jobs:failed')).text).toBe('No job was given up.');
});

test('after keys:rotate old access tokens are valid and new ones have the new key', async () => {
  const { email } = await activeCustomer(world);
  const old = await logIn(world, email);
  const key = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

  const { status, text } = await run('keys:rotate');
  const { accessToken } = await logIn(world, email);

  expect({ status, text }).toEqual({ status: 0, text: `new signing key ${key(accessToken)}` });
  expect(key(accessToken)).not.toBe(key(old.accessToken));
  for (const token of [old.accessToken, accessToken])
    expect((await api(world, 'GET', '/customers', { token })).status).toBe(200);
});

test('oauth:refresh-token:remove-expired removes what expired and nothing else', async () => {
  const { email } = await activeCustomer(world);
  await logIn(world, email);
  const { refreshToken } = await logIn(world, email);
  await world.sql(
    `update refresh_token set expires_at = created_at where ctid = (select min(ctid) from refresh_token)`,
  );

  expect((await run('oauth:refresh-token:remove-expired')).text).toMatch(/^1 expired refresh tokens removed/);
  expect((await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } })).status).toBe(201);
});

test('config names every setting and shows no secret', async () => {
  const config = testConfig({
    SECRET: 'correct horse battery staple, forty letters',
    SMTP_URL: 'smtp://mailer:smtp-secret@mail.example.org:587',
    DATABASE_URL: 'postgres://shop:db-secret@db.example.org/shop',
  });
  for (const args of [[], ['--json']]) {
    const { status, text } = await run('config', args, { app: { config } });
    expect(status).toBe(0);
    expect(text).toContain('SIGN_IN_ATTEMPTS');
    expect(text).toContain('mail.example.org');
    expect(text).not.toMatch(/correct horse|smtp-secret|db-secret/);
  }
});

test.for([
  ['a password with an @', { SMTP_URL: 'smtp://mailer:half@secret-half@mail.example.org' }],
  ['a password as a parameter', { DATABASE_URL: 'postgres://db.example.org/shop?user=shop&password=secret-half' }],
] as const)('config does not show %s', async ([, settings]) => {
  const { text } = await run('config', [], { app: { config: testConfig(settings) } });

  expect(text.split('\n').filter((line) => line.includes('secret-half'))).toEqual([]);
});

test('config says of each setting where its value comes from, and names one default', async () => {
  const config = testConfig({ PORT: '8080', MAIL_FROM: 'Shop <shop@example.org>', HOST: '' });

  const { text } = await run('config', [], { app: { config } });

  const entries = text.split('\n\n').filter((entry) => entry.trim() !== '');
  expect(entries).toContain('PORT=8080  (from the environment)\n    TCP port to listen on. Default: 3000');
  expect(entries.find((entry) => entry.startsWith('HOST='))).toMatch(/^HOST=127\.0\.0\.1 {2}\(default\)\n/);
  expect(entries.filter((entry) => (entry.match(/\bdefault: /gi)?.length ?? 0) > 1)).toEqual([]);
  const settings: unknown = JSON.parse((await run('config', ['--json'], { app: { config } })).text);
  expect(settings).toContainEqual(
    expect.objectContaining({ name: 'MAIL_FROM', source: 'environment', fallback: 'Clientele <no-reply@localhost>' }),
  );
  expect(settings).toContainEqual(expect.objectContaining({ name: 'DATA_DIR', source: 'environment' }));
  expect(settings).toContainEqual(expect.objectContaining({ name: 'SHOP_NAME', source: 'default' }));
});
