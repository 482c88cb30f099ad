import { createCipheriv, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../customers/index.ts';
import { signIn } from '../sign-in/index.ts';
import { hashFormat, hashUnusable, verifyPassword } from './index.ts';

const world = useApp();

const PASSWORD = 'Hærværk? 7 mal!';
const LONG = `${'langt kodeord '.repeat(8)}7`;
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const pbkdf2 = (algorithm: string, length: number) => pbkdf2Sync(PASSWORD, 'seasalt', 1000, length, algorithm);
const scrypt = (salt: string | Buffer) => scryptSync(PASSWORD, salt, 32, { N: 16, r: 8, p: 1 });
const shop = 'BfK63PmaH/mYpHNfVjCIIuDwnMM.q2ZyjzUAjZTXPmAEiXPoqsXdy';

function firebase() {
  const cipher = createCipheriv('aes-256-ctr', scrypt(Buffer.from('salt\x07')), Buffer.alloc(16));
  const hash = cipher.update(Buffer.alloc(64, 'signer key')).toString('base64');
  return `$firebase-scrypt$ln=4,r=8$${base64(Buffer.from('salt'))}$Bw==$${Buffer.alloc(64, 'signer key').toString('base64')}$${hash}`;
}

const hashes: [what: string, hash: string, password: string][] = [
  ['bcrypt 2y of the shop', `$2y$10$${shop}`, 'change123'],
  ['bcrypt 2a', bcrypt(PASSWORD, 4).replace('$2b$', '$2a$'), PASSWORD],
  ['bcrypt 2b', bcrypt(PASSWORD, 4), PASSWORD],
  ['bcrypt of a long password', bcrypt(LONG, 4), LONG],
  ['bcrypt of a long password, Symfony', bcrypt(createHash('sha512').update(LONG).digest('base64'), 4), LONG],
  ['argon2d', argon2(PASSWORD, { algorithm: 0, memoryCost: 64, timeCost: 1 }), PASSWORD],
  ['argon2i', argon2(PASSWORD, { algorithm: 1, memoryCost: 64, timeCost: 1 }), PASSWORD],
  ['argon2id', argon2(PASSWORD, { algorithm: 2, memoryCost: 64, timeCost: 2, parallelism: 2 }), PASSWORD],
  ['PHPass, WordPress', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  ['PHPass, phpBB', '$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  ['Magento 1, MD5', `${digest('md5', `xY${PASSWORD}`)}:xY`, PASSWORD],
  ['Magento 2, MD5', `${digest('md5', `0a1B2c${PASSWORD}`)}:0a1B2c:0`, PASSWORD],
  ['Magento 2, SHA-256', `${digest('sha256', `0a1B2c${PASSWORD}`)}:0a1B2c:1`, PASSWORD],
  ['MD5', digest('md5', PASSWORD), PASSWORD],
  ['SHA-1', digest('sha1', PASSWORD), PASSWORD],
  ['SHA-1 in capitals', digest('sha1', PASSWORD).toUpperCase(), PASSWORD],
  ['SHA-1 with salt behind', `${digest('sha1', `${PASSWORD}salt`)}:salt`, PASSWORD],
  ['SHA-256', digest('sha256', PASSWORD), PASSWORD],
  ['SHA-512 with salt before', `${digest('sha512', `salt${PASSWORD}`)}:salt`, PASSWORD],
  ['PBKDF2, Django', `pbkdf2_sha256$1000$seasalt$${pbkdf2('sha256', 32).toString('base64')}`, PASSWORD],
  ['PBKDF2, Django, published', 'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=', 'lètmein'],
  ['PBKDF2, Django, SHA-1', `pbkdf2_sha1$1000$seasalt$${pbkdf2('sha1', 20).toString('base64')}`, PASSWORD],
  [
    'PBKDF2, passlib, published',
    '$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk',
    'toomanysecrets',
  ],
  [
    'PBKDF2, PHC',
    `$pbkdf2-sha512$i=1000,l=64$${base64(Buffer.from('seasalt'))}$${base64(pbkdf2('sha512', 64))}`,
    PASSWORD,
  ],
  [
    'PBKDF2, SHA-1 by default',
    `$pbkdf2$1000$${base64(Buffer.from('seasalt'))}$${base64(pbkdf2('sha1', 20))}`,
    PASSWORD,
  ],
  ['scrypt', `$scrypt$ln=4,r=8,p=1$${base64(Buffer.from('salt'))}$${base64(scrypt('salt'))}`, PASSWORD],
  ['Firebase', firebase(), PASSWORD],
  [
    'Firebase, published',
    '$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    'user1password',
  ],
];

const opens = async (hash: string, password: string) => (await verifyPassword(world.app, hash, password)).matches;

test.for(hashes)('%s opens for its password alone', async ([, hash, password]) => {
  expect(hashFormat(hash)).toBeTypeOf('string');
  expect(await opens(hash, password)).toBe(true);
  expect(await opens(hash, `${password.slice(0, 8)}…`)).toBe(false);
  expect(await opens(hash, '')).toBe(false);
});

/** Somebody whose hash another shop made. */
async function movedIn(hash: string) {
  const customer = await registerCustomer(world.app, somebody());
  await world.sql('update customer set password_hash = $2, verified_at = created_at where id = $1', [
    customer.id,
    hash,
  ]);
  return customer;
}

const logIn = (email: string, password: string) =>
  signIn(world.app, { email, password, door: 'customer', clears: false }, async () => 'in');
const hashOf = async (id: string) =>
  (await world.sql('select password_hash from customer where id = $1', [id]))[0]?.['password_hash'];

test.for([
  ['bcrypt', bcrypt(PASSWORD, 4)],
  ['MD5', digest('md5', PASSWORD)],
  ['argon2i', argon2(PASSWORD, { algorithm: 1, memoryCost: 64, timeCost: 1 })],
  ['argon2id of another cost', argon2(PASSWORD, { algorithm: 2, memoryCost: 32, timeCost: 1 })],
])('the first log-in replaces %s by argon2id of our cost', async ([, hash = '']) => {
  const { id, email } = await movedIn(hash);

  await expect(logIn(email, 'wrong')).rejects.toThrow('sign-in.refused');
  expect(await hashOf(id)).toBe(hash);
  await logIn(email, PASSWORD);
  const better = await hashOf(id);
  expect(better).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  await logIn(email, PASSWORD);
  expect(await hashOf(id)).toBe(better);
});

test('a stored hash that cannot be verified reads like a wrong password', async () => {
  const { email } = await movedIn(`$2y$31$${shop}`);

  await expect(logIn(email, 'change123')).rejects.toThrow('sign-in.refused');
});

const reasonOf = (hash: string): string | undefined => {
  try {
    return `read as ${hashFormat(hash) ?? 'a password'}`;
  } catch (error) {
    if (hashUnusable.is(error)) return error.details.reason;
    throw error;
  }
};

test.for([
  `$2y$15$${shop}`,
  `$2y$31$${shop}`,
  '$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$argon2id$v=19$m=64,t=1000000,p=1$c2FsdHNhbHQ$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$argon2i$v=19$m=64,t=1,p=255$c2FsdHNhbHQ$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$P$IIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
  'pbkdf2_sha256$99999999$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=',
  '$pbkdf2-sha256$99999999$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk',
  '$scrypt$ln=18,r=8,p=1$c2FsdA$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$scrypt$ln=14,r=128,p=1$c2FsdA$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$scrypt$ln=14,r=8,p=64$c2FsdA$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  '$firebase-scrypt$ln=20,r=8$c2FsdA==$Bw==$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=',
])('%s costs too much', (hash) => {
  expect(reasonOf(hash)).toBe('costly');
});

test.for([
  [
    'half a gibibyte and eight seconds of scrypt',
    '$scrypt$ln=17,r=32,p=8$c2FsdA$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY',
  ],
  ['a gibibyte of scrypt', '$scrypt$ln=20,r=8,p=1$c2FsdA$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY'],
] as const)('%s costs too much, though each parameter alone does not', ([, hash]) => {
  expect(reasonOf(hash)).toBe('costly');
});

test.for([
  '$2y$10$tooShort',
  '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ',
  '$P$9IQRaTwmfeRo7ud9',
  'pbkdf2_sha256$1000$seasalt$',
  '$scrypt$ln=4,r=8,p=1$c2FsdA$',
  '$scrypt$ln=4,r=8,p=1$c2FsdA$A',
  '$firebase-scrypt$ln=4,r=8$c2FsdA$Bw$A$A',
  '$pbkdf2-sha256$1000$c2FsdA$A',
])('%s is a hash cut short', (hash) => {
  expect(reasonOf(hash)).toBe('broken');
});

test.for([
  '$scrypt$ln=4,r=8,p=1$c2FsdA$A',
  '$firebase-scrypt$ln=4,r=8$c2FsdA$Bw$A$A',
  '$pbkdf2-sha256$1000$c2FsdA$A',
  'pbkdf2_sha256$1000$salt$A',
])('%s, nothing of whose result is left, opens for nobody', async (hash) => {
  expect(await opens(hash, 'any password')).toBe(false);
});

test.for([
  '$6$rounds=5000$salt$hash',
  '$5$salt$hash',
  '$1$salt$hash',
  '$S$DkIkdKLIvRK0iVHm99X7B',
  '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
  '$sha1$40000$salt$hash',
  '$7$C6..../....salt$hash',
])('%s is a hash of a format that nobody here knows', (hash) => {
  expect(reasonOf(hash)).toBe('unknown');
});

test.for([
  ['Magento 2.3', `${digest('sha256', 'a')}:${'0a'.repeat(8)}:2`],
  ['Magento 2.4', `${digest('sha256', 'a')}:${'0a'.repeat(8)}:3_32_2_67108864`],
  ['Magento 1, moved to Magento 2', `${digest('sha256', 'a')}:0a1B2c:0:1`],
  ['Django, argon2', `argon2${argon2(PASSWORD, { memoryCost: 64 })}`],
  ['Django, bcrypt', `bcrypt_sha256$${bcrypt(PASSWORD, 4)}`],
  ['Django, SHA-1', `sha1$seasalt$${digest('sha1', `seasalt${PASSWORD}`)}`],
  ['Flask', `scrypt:32768:8:1$salt$${digest('sha512', 'a')}`],
] as const)('a hash of %s is not taken for a password', ([, hash]) => {
  expect(reasonOf(hash)).not.toBe('read as a password');
});

test.for(['change123', 'Pa$$word', '$ecret $tuff', 'a:b:c', '123456', 'deadbeef', 'sha1 is old'])(
  '%j is a password',
  (text) => {
    expect(hashFormat(text)).toBeUndefined();
  },
);
