import { availableParallelism } from 'node:os';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { expect, onTestFinished, test, vi } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD, registration } from '../../../test/builders.ts';
import { quiet, testConfig } from '../../../test/settings.ts';
import type { Gate } from './gate.ts';
import { openHasher } from './hasher.ts';

const world = useApp({ HASHING_QUEUE: '4', IMPORTED_HASH_QUEUE: '4', IMPORTED_HASH_PROCESSES: '1' });

/** Takes every place of a lane, running and waiting, for one network until it is released or the test ends. */
async function fill(lane: Gate, network = '203.0.113.9') {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  let refused = 0;
  const places = Array.from({ length: availableParallelism() * 16 + 5 }, () =>
    lane(() => promise, { network }).catch(() => (refused += 1)),
  );
  onTestFinished(async () => {
    release();
    await Promise.all(places);
  });
  await expect.poll(() => refused).toBeGreaterThan(0);
  const before = refused;
  /** Resolves when a waiting task has given its place to another network. */
  const madeRoom = async () => {
    await expect.poll(() => refused).toBe(before + 1);
  };
  return { release, madeRoom };
}

const signIn = (username: string, password = PASSWORD) =>
  api(world, 'POST', '/access-tokens', { attributes: { username, password } });
const register = () => api(world, 'POST', '/customers', { attributes: registration() });

async function movedIn() {
  const customer = await activeCustomer(world);
  await world.sql('update customer set password_hash = $2 where id = $1', [customer.id, bcrypt(PASSWORD, 4)]);
  return customer;
}

test.for(['newPasswords', 'registrations', 'imported'] as const)(
  'while the lane %s is full, sign-ins go on',
  async (lane) => {
    const { email } = await activeCustomer(world);
    await fill(world.app.hasher.lanes[lane]);

    expect((await signIn(email)).status).toBe(201);
    expect((await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD })).status).toBe(302);
  },
);

test.for(['signIn', 'imported'] as const)('while the lane %s is full, registrations go on', async (lane) => {
  await fill(world.app.hasher.lanes[lane]);

  expect((await register()).status).toBe(201);
});

test('a sign-in whose hash cannot be replaced now is let in all the same, and the next one replaces it', async () => {
  const { id, email } = await movedIn();
  const { release } = await fill(world.app.hasher.lanes.newPasswords, '127.0.0.1');
  const hashOf = async () =>
    (await world.sql('select password_hash from customer where id = $1', [id]))[0]?.['password_hash'];

  expect((await signIn(email)).status).toBe(201);
  expect(await hashOf()).toMatch(/^\$2/);
  release();
  expect((await signIn(email)).status).toBe(201);
  expect(await hashOf()).toMatch(/^\$argon2id/);
});

test('a network that fills the lane of imported hashes does not shut out the others', async () => {
  const { email } = await movedIn();
  const { release, madeRoom } = await fill(world.app.hasher.lanes.imported);

  const signedIn = signIn(email);
  await madeRoom();
  release();

  expect((await signedIn).status).toBe(201);
});

test('a network that fills the lane of new passwords does not shut out the others', async () => {
  const { release, madeRoom } = await fill(world.app.hasher.lanes.newPasswords);

  const registered = register();
  await madeRoom();
  release();

  expect((await registered).status).toBe(201);
});

test('registrations beyond their lane are refused before the first statement', async () => {
  const { release } = await fill(world.app.hasher.lanes.registrations, '127.0.0.1');
  const statements = vi.spyOn(world.app.db, 'selectFrom');
  onTestFinished(() => statements.mockRestore());

  const { status, headers } = await register();

  expect([status, headers.get('retry-after')]).toEqual([503, '2']);
  expect(statements).not.toHaveBeenCalled();
  release();
  expect((await register()).status).toBe(201);
  expect(statements).toHaveBeenCalled();
});

test.for([
  ['PHPass, 2^16 rounds', 'phpass', `$P$E${'.'.repeat(30)}`],
  ['PBKDF2, a hundred thousand rounds', 'pbkdf2', `pbkdf2_sha256$100000$salt$${'A'.repeat(43)}`],
  ['bcrypt of cost 10', 'bcrypt', `$2y$10$${'.'.repeat(53)}`],
  ['scrypt', 'scrypt', `$scrypt$ln=14,r=8,p=1$c2FsdA$${'A'.repeat(43)}`],
  ['argon2id of many passes', 'argon2', `$argon2id$v=19$m=8192,t=10,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`],
] as const)('%s is computed by another process', async ([, format, stored]) => {
  const before = process.cpuUsage();

  const { match, milliseconds } = await world.app.hasher.verifyImported(format, stored, 'any password');

  const { user, system } = process.cpuUsage(before);
  expect(match).toBe('none');
  expect((user + system) / 1000).toBeLessThan(milliseconds);
});

test('where no process can be started, imported hashes are busy and our own sign in', async () => {
  const { execPath } = process;
  onTestFinished(() => void (process.execPath = execPath));
  process.execPath = '/nowhere/node';
  const hasher = openHasher(testConfig(), quiet);
  onTestFinished(() => hasher.close());

  await expect(hasher.verifyImported('bcrypt', bcrypt('right', 4), 'right')).rejects.toThrow('overloaded');
  expect(await hasher.verify(await hasher.hash('right'), 'right')).toBe(true);
});
