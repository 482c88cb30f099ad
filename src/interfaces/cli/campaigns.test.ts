import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { resetPassword, revokePassword } from '../../domain/credentials/index.ts';
import { customerById, lockAccount, registerCustomer } from '../../domain/customers/index.ts';
import { useConsole } from '../../../test/console.ts';
import { addressSpace, mailed } from '../../../test/campaigns.ts';

const world = useApp();

const run = useConsole(world);

async function people(at: string, number: number) {
  const made = [];
  for (let n = 1; n <= number; n++) made.push(await activeCustomer(world, { email: `p${n}${at}` }));
  return made;
}

/** As above, without confirming their addresses. */
async function registered(at: string, number: number) {
  for (let n = 1; n <= number; n++) await registerCustomer(world.app, somebody({ email: `p${n}${at}` }));
}

test('it counts, asks, and does nothing unless the answer is yes', async () => {
  const { at, only } = addressSpace();
  await registered(at, 2);

  const { status, text, questions } = await run('customer:password:reset', [only]);

  expect(status).toBe(0);
  expect(questions).toEqual(['2 customers in the database will be affected. Do you want to continue?']);
  expect(text).toContain('Nothing was done');
  expect(await mailed(world, at)).toEqual([]);
});

test('where nobody could answer it says what would have happened, and fails', async () => {
  const { at, only } = addressSpace();
  await registered(at, 2);

  const { status, text, questions } = await run('customer:password:reset', [only], { alone: true });

  expect({ status, questions }).toEqual({ status: 1, questions: [] });
  expect(text).toMatch(/^2 customers .* --force or --dry-run/);
  expect(await mailed(world, at)).toEqual([]);
});

test('after a yes it mails everybody once and shows how far it is', async () => {
  const { at, only } = addressSpace();
  await registered(at, 3);

  const { status, text, progress } = await run('customer:password:reset', [only], { answer: true });

  expect(status).toBe(0);
  expect(text).toBe('3 out of 3 emails sent');
  expect([progress[0], progress.at(-1)]).toEqual([3, 3]);
  expect(await mailed(world, at)).toEqual([`p1${at}`, `p2${at}`, `p3${at}`]);
});

test('with the built-in mailbox it never waits for itself, though it mails more at once than there are connections', async () => {
  const { at, only } = addressSpace();
  await registered(at, 3 * world.app.config.DATABASE_POOL_SIZE);

  expect((await run('customer:password:reset', [only, '-f'])).text).toBe('18 out of 18 emails sent');
});

test('--force does not ask, the old password stays until a new one is chosen', async () => {
  const { at, only } = addressSpace();
  await people(at, 1);

  const { questions } = await run('customer:password:reset', [only, '--force']);

  expect(questions).toEqual([]);
  await logIn(world, `p1${at}`);
  await resetPassword(world.app, await linkToken(world, `p1${at}`), 'Another-Horse-8-Battery');
  await expect(logIn(world, `p1${at}`)).rejects.toThrow('answered 401');
});

test('--dry-run counts, asks nothing and mails nobody', async () => {
  const { at, only } = addressSpace();
  await people(at, 2);

  const { status, text, questions } = await run('customer:password:reset', [only, '--dry-run', '--force', '--revoke']);

  expect({ status, questions }).toEqual({ status: 0, questions: [] });
  expect(text).toBe('2 customers in the database would be affected. Nothing was done.');
  expect(await mailed(world, at)).toEqual([]);
  await logIn(world, `p1${at}`);
});

test('--no-token leaves out who was mailed before', async () => {
  const { at, only } = addressSpace();
  await people(at, 1);
  await run('customer:password:reset', [only, '-f']);
  await activeCustomer(world, { email: `p2${at}` });

  expect((await run('customer:password:reset', [only, '-f', '--no-token'])).text).toBe('1 out of 1 emails sent');
  expect(await mailed(world, at)).toEqual([`p1${at}`, `p2${at}`]);
});

test('--store is named in the links; one that is not there is a wrong call', async () => {
  const { at, only } = addressSpace();
  await people(at, 1);

  const wrong = await run('customer:password:reset', [only, '-f', '--store=MARS']);
  expect(wrong).toMatchObject({ status: 2, text: 'There is no store MARS.' });
  await run('customer:password:reset', [only, '-f', '--store=US']);

  const [mail] = await world.mails(`p1${at}`);
  expect(mail?.text).toMatch(/\/password\/restore\?[^\s]*US/);
});

test('customer:password:set mails those who have no password, and only them', async () => {
  const { at, only } = addressSpace();
  const [one] = await people(at, 2);
  await revokePassword(world.app, one?.id ?? '');

  expect((await run('customer:password:set', [only, '-f'])).text).toBe('1 out of 1 emails sent');
  await resetPassword(world.app, await linkToken(world, `p1${at}`), PASSWORD);
  await logIn(world, `p1${at}`);
});

test('where there is nobody it neither asks nor mails', async () => {
  const { status, text, questions } = await run('customer:password:set', [addressSpace().only]);

  expect({ status, questions }).toEqual({ status: 0, questions: [] });
  expect(text).toContain('0 customers');
});

test('--revoke ends passwords, tokens and log-ins at once', async () => {
  const { at, only } = addressSpace();
  await people(at, 1);
  const email = `p1${at}`;
  const { accessToken, refreshToken } = await logIn(world, email);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
  expect((await visitor.get('/customer/overview')).status).toBe(200);
  world.now = new Date(world.now.getTime() + 2000);

  const { questions } = await run('customer:password:reset', [only, '--revoke'], { answer: true });

  expect(questions[0]).toMatch(/passwords stop working/);
  await expect(logIn(world, email)).rejects.toThrow('answered 401');
  expect((await visitor.get('/customer/overview')).status).not.toBe(200);
  expect((await api(world, 'GET', '/customers', { token: accessToken })).status).toBe(401);
  const refresh = await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
  expect(refresh.status).toBe(401);
  await resetPassword(world.app, await linkToken(world, email), 'Another-Horse-8-Battery');
  await logIn(world, email, 'Another-Horse-8-Battery');
});

test('--revoke reaches locked customers too, who get no mail', async () => {
  const { at, only } = addressSpace();
  const [one] = await people(at, 2);
  await lockAccount(world.app, one?.id ?? '');

  const { status } = await run('customer:password:reset', [only, '--revoke', '-f']);

  expect(status).toBe(0);
  expect(await mailed(world, at)).toEqual([`p2${at}`]);
  expect(await customerById(world.app.db, one?.id ?? '')).toMatchObject({ state: 'locked' });
  expect(await world.sql('select password_hash from customer where id = $1', [one?.id])).toEqual([
    { password_hash: null },
  ]);
});

test('the campaign is an entry in the audit log that names nobody', async () => {
  const { at, only } = addressSpace();
  await registerCustomer(world.app, somebody({ email: `p1${at}` }));
  await run('customer:password:reset', [only, '-f']);

  const [entry] = await world.sql(
    `select * from audit_entry where action = 'campaigns.started' order by at desc limit 1`,
  );
  expect(entry?.['facts']).toMatchObject({ kind: 'reset', revoke: false, recipients: 1 });
  expect(JSON.stringify(entry)).not.toContain(at);
});

test.for([
  [['--filter=colour=red'], /Filters are: /],
  [['--filter=email'], /is no filter/],
  [['--store'], /^--\S+ needs a value: /],
  [['--revoke=yes'], /takes no value\./],
  [['--nonsense'], /^There is no option --nonsense/],
] as const)('customer:password:reset %s is a wrong call', async ([args, reason]) => {
  const { status, text } = await run('customer:password:reset', args);

  expect(status).toBe(2);
  expect(text).toMatch(reason);
});

test('customer:password:set revokes nothing', async () => {
  expect((await run('customer:password:set', ['--revoke'])).status).toBe(2);
});
