import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import { quiet, testConfig } from '../../../test/settings.ts';
import { registerCustomer } from '../../domain/customers/index.ts';
import { openHasher } from './hasher.ts';
import { openHashingProcesses } from './hashing-processes.ts';

const CHEAP = { memoryCost: 64, timeCost: 1, parallelism: 1 };
/** Takes minutes: long enough to be killed while it is computed. */
const ENDLESS = { memoryCost: 65_536, timeCost: 100_000, parallelism: 1 };

const two = openHashingProcesses(2, quiet);
afterAll(() => two.close());

/** Processes of a test that must not share them, and the milliseconds they go by. */
function processes(count: number) {
  const clock = { now: 0 };
  const opened = openHashingProcesses(count, quiet, () => clock.now);
  onTestFinished(() => opened.close());
  return { ...opened, clock };
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([
  ['letters', 'correct horse'],
  ['other alphabets', 'Пароль密码🔑'],
  ['a line break', 'first\nsecond\r\n'],
  ['a quote and a backslash', '"\\n"'],
  ['a NUL byte', 'a\0b'],
  ['half a character', 'a\ud83db'],
  ['a few thousand characters', 'ä'.repeat(4096)],
])('a password of %s is hashed and recognised', async (_, password) => {
  const stored = await two.hash(password, CHEAP);

  expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  expect(await two.verify(stored, password)).toBe(true);
  expect(await two.verify(stored, `${password} `)).toBe(false);
});

test('of many that come at once each gets its own answer', async () => {
  const stored = await two.hash('right', CHEAP);
  const guesses = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 'right' : `wrong ${at}`));

  const answers = await Promise.all(guesses.map((guess) => two.verify(stored, guess)));

  expect(answers).toEqual(guesses.map((guess) => guess === 'right'));
});

test('a hash that cannot be read belongs to no password', async () => {
  expect(await two.verify('$argon2id$v=19$m=64', 'right')).toBe(false);
});

test('parameters that argon2 refuses are named, and the next password is hashed', async () => {
  await expect(two.hash('right', { ...CHEAP, memoryCost: 1 })).rejects.toThrow(/cannot be hashed: .*memory/i);
  await expect(two.hash('right', CHEAP)).resolves.toMatch(/^\$argon2id/);
});

test('what a process had in hand when it was killed is given back, and another takes its place after a while', async () => {
  const { hash, pids, clock } = processes(1);
  const given = Array.from({ length: 5 }, () => hash('right', ENDLESS).catch((error: unknown) => error));
  const [killed = 0] = await expect.poll(pids).toHaveLength(1).then(pids);
  process.kill(killed, 'SIGKILL');

  const messages = (await Promise.all(given)).map((error) => (error instanceof Error ? error.message : error));
  expect(messages).toEqual(given.map(() => 'the process that hashed this password died'));
  await expect(hash('right', CHEAP)).rejects.toThrow('no process');
  clock.now = 5000;
  await expect(hash('right', CHEAP)).resolves.toMatch(/^\$argon2id/);
  expect(pids()).not.toContain(killed);
});

test('while one place is empty the others do all of it', async () => {
  const { hash, pids } = processes(2);
  const lost = hash('right', ENDLESS).catch(() => 'lost');
  await expect.poll(pids).toHaveLength(1);
  process.kill(pids()[0] ?? 0, 'SIGKILL');
  expect(await lost).toBe('lost');

  const hashes = await Promise.all(Array.from({ length: 10 }, () => hash('right', CHEAP)));

  expect(hashes).toHaveLength(10);
  expect(pids()).toHaveLength(1);
});

test('a process that stands still is killed after ten seconds, also when all is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { hash, close, pids } = openHashingProcesses(2, quiet, () => 0);
  const hashes = [hash('one', CHEAP), hash('two', CHEAP)];
  await Promise.all(hashes);
  const [first = 0, second = 0] = pids();
  for (const pid of [first, second]) process.kill(pid, 'SIGSTOP');
  const stuck = hash('right', CHEAP).catch(() => 'given back');
  vi.advanceTimersByTime(10_000);

  expect(await stuck).toBe('given back');
  expect([first, second].filter(isRunning)).toEqual([second]);
  const closed = close();
  vi.advanceTimersByTime(10_000);
  await closed;
  expect(isRunning(second)).toBe(false);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a %s for the whole group leaves them at work until the server is done',
  async (signal) => {
    const { hash, pids } = processes(1);
    await hash('right', CHEAP);
    const before = pids();
    process.kill(before[0] ?? 0, signal);

    await expect(hash('right', CHEAP)).resolves.toMatch(/^\$argon2id/);
    expect(pids()).toEqual(before);
  },
);

test('closing answers what was asked and leaves no process behind', async () => {
  const { hash, close, pids } = openHashingProcesses(2, quiet);
  const asked = [hash('one', CHEAP), hash('two', CHEAP), hash('three', CHEAP)];
  const running = pids();
  await close();

  expect(await Promise.all(asked)).toHaveLength(3);
  expect(running.filter(isRunning)).toEqual([]);
  await expect(hash('four', CHEAP)).rejects.toThrow('no process');
});

const world = useApp({ HASHING_PROCESSES: '1', ARGON2_MEMORY_KIB: '128' });

test('people log in through them, and an older hash is replaced', async () => {
  const { id, email } = await registerCustomer(world.app, somebody());
  const stored = await two.hash(PASSWORD, CHEAP);
  await world.sql('update customer set verified_at = created_at, password_hash = $2 where id = $1', [id, stored]);
  const post = (password: string) =>
    api(world, 'POST', '/access-tokens', { attributes: { username: email, password } });

  expect((await post('Wrong-Password-1')).status).toBe(401);
  expect((await post(PASSWORD)).status).toBe(201);
  const [row] = await world.sql('select password_hash from customer where id = $1', [id]);
  expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=128,/);
  expect((await post(PASSWORD)).status).toBe(201);
});

test('where no process can be started, log-ins go on', async () => {
  const { execPath } = process;
  onTestFinished(() => void (process.execPath = execPath));
  process.execPath = '/nowhere/node';
  const hasher = openHasher(testConfig({ HASHING_PROCESSES: '2' }), quiet);

  const stored = await hasher.hash('right');
  const verified = await Promise.all(['right', 'wrong', 'right'].map((guess) => hasher.verify(stored, guess)));

  expect(verified).toEqual([true, false, true]);
  await hasher.close();
});
