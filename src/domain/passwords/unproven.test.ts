import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, OTHER_PASSWORD } from '../../../test/builders.ts';
import { changePassword } from '../credentials/index.ts';

// A password is stored anew only if the imported hash proved every byte of it.

const world = useApp();

const LONG = `${'a long pass phrase '.repeat(5)}with its end`;
const digest = (text: string) => createHash('sha512').update(text).digest('base64');

async function movedIn(hash: string) {
  const customer = await activeCustomer(world);
  await world.sql('update customer set password_hash = $2 where id = $1', [customer.id, hash]);
  return customer;
}

const signIn = async (username: string, password: string) =>
  (await api(world, 'POST', '/access-tokens', { attributes: { username, password } })).status;

const hashOf = async (id: string) =>
  (await world.sql('select password_hash from customer where id = $1', [id]))[0]?.['password_hash'];

test('another ending of a long password is never stored: the owner signs in afterwards, with a hash of the old kind', async () => {
  const hash = bcrypt(LONG, 4);
  const { id, email } = await movedIn(hash);

  await signIn(email, `${LONG.slice(0, 72)}anything else`);
  expect(await hashOf(id)).toBe(hash);
  expect(await signIn(email, LONG)).toBe(201);
  expect(await hashOf(id)).toBe(hash);
});

test.for([
  ['72 letters', LONG.slice(0, 72)],
  ['36 letters of two bytes', 'ä'.repeat(36)],
  ['18 symbols of four bytes', '🔑'.repeat(18)],
])('%s may be the beginning of a longer password, so they are not stored', async ([, typed = '']) => {
  const hash = bcrypt(`${typed} and more`, 4);
  const { id, email } = await movedIn(hash);

  await signIn(email, typed);
  expect(await hashOf(id)).toBe(hash);
  expect(await signIn(email, `${typed} and more`)).toBe(201);
});

test.for([
  ['71 letters', LONG.slice(0, 71), bcrypt(LONG.slice(0, 71), 4)],
  ['a long password that Symfony hashed', LONG, bcrypt(digest(LONG), 4)],
])('%s are proven whole and stored anew', async ([, password = '', hash = '']) => {
  const { id, email } = await movedIn(hash);

  expect(await signIn(email, `${password}!`)).toBe(401);
  expect(await signIn(email, password)).toBe(201);
  expect(await hashOf(id)).toMatch(/^\$argon2id\$/);
  expect(await signIn(email, password)).toBe(201);
  expect(await signIn(email, `${password}!`)).toBe(401);
});

test('who changes a long password proves it as to sign in, and the new one is stored whole', async () => {
  const { id, email } = await movedIn(bcrypt(LONG, 4));

  await changePassword(world.app, { customerId: id, current: LONG, next: OTHER_PASSWORD });

  expect(await hashOf(id)).toMatch(/^\$argon2id\$/);
  expect(await signIn(email, OTHER_PASSWORD)).toBe(201);
  expect(await signIn(email, LONG)).toBe(401);
});

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const salt = base64(Buffer.from('seasalt'));

test.for([
  ['bcrypt', bcrypt('open', 4)],
  ['bcrypt 2a', bcrypt('open', 4).replace('$2b$', '$2a$')],
  ['PBKDF2', `$pbkdf2-sha256$1000$${salt}$${base64(pbkdf2Sync('open', 'seasalt', 1000, 32, 'sha256'))}`],
  ['scrypt', `$scrypt$ln=4,r=8,p=1$${salt}$${base64(scryptSync('open', 'seasalt', 32, { N: 16, r: 8, p: 1 }))}`],
])('%s, which reads NUL bytes as the end, opens for none with a NUL', async ([, hash = '']) => {
  const { id, email } = await movedIn(hash);

  for (const typed of ['open\0', 'open\0open', 'open\0else']) expect(await signIn(email, typed)).not.toBe(201);
  expect(await hashOf(id)).toBe(hash);
  expect(await signIn(email, 'open')).toBe(201);
});

test('hashes of old PHP (`$2x$`) open for passwords of ASCII, which it hashed like everyone else', async () => {
  const { id, email } = await movedIn(bcrypt('open', 4).replace('$2b$', '$2x$'));

  expect(await signIn(email, 'open')).toBe(201);
  expect(await hashOf(id)).toMatch(/^\$argon2id\$/);
});
