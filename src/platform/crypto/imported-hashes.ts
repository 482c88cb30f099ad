import { createCipheriv, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { verifySync as verifyArgon2 } from '@node-rs/argon2';
import { verifySync as verifyBcrypt } from '@node-rs/bcrypt';
import { sameText } from './token.ts';

// Verifies password hashes that other shops made. Everything here blocks its thread for up to seconds, so it runs in
// processes of its own (hashing-process.ts), never in the server.

export type ImportedFormat = 'argon2' | 'bcrypt' | 'phpass' | 'pbkdf2' | 'scrypt' | 'firebase' | 'digest';

/** `whole`: the hash depends on every byte of the password; `beginning`: only on its first bytes. */
export type Match = 'none' | 'beginning' | 'whole';

type Verify = (stored: string, password: string) => Match;

const wholeIf = (matches: boolean): Match => (matches ? 'whole' : 'none');

/** bcrypt ignores what follows this many bytes. */
const BCRYPT_BYTES = 72;

/**
 * Symfony, and with it many PHP shops, hashes longer passwords with SHA-512 first, which proves all of them. Otherwise a
 * password of 72 bytes and more matches whatever follows: the hash may come from a longer one, or from another ending.
 */
const bcrypt: Verify = (stored, password) => {
  const bytes = Buffer.byteLength(password);
  if (bytes < BCRYPT_BYTES) return wholeIf(verifyBcrypt(password, stored));
  const prehashed = createHash('sha512').update(password).digest('base64');
  if (bytes > BCRYPT_BYTES && verifyBcrypt(prehashed, stored)) return 'whole';
  return verifyBcrypt(password, stored) ? 'beginning' : 'none';
};

/** WordPress, phpBB, old Drupal: MD5, 2^n times. */
const phpass: Verify = (stored, password) => {
  const rounds = 2 ** PHPASS_ALPHABET.indexOf(stored.charAt(3));
  const secret = Buffer.from(password);
  let digest = md5(Buffer.concat([Buffer.from(stored.slice(4, 12)), secret]));
  for (let round = 0; round < rounds; round++) digest = md5(Buffer.concat([digest, secret]));
  return wholeIf(sameText(phpassText(digest), stored.slice(12)));
};

/** Order of the characters PHPass counts with. */
export const PHPASS_ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const md5 = (data: Buffer) => createHash('md5').update(data).digest();

function phpassText(digest: Buffer): string {
  let text = '';
  for (let at = 0; at < digest.length; at += 3) {
    const value = (digest[at] ?? 0) | ((digest[at + 1] ?? 0) << 8) | ((digest[at + 2] ?? 0) << 16);
    const letters = Math.min(4, Math.ceil(((digest.length - at) * 8) / 6));
    for (let letter = 0; letter < letters; letter++) text += PHPASS_ALPHABET.charAt((value >> (6 * letter)) & 63);
  }
  return text;
}

/** Django (`pbkdf2_sha256$i$salt$hash`) and the PHC form of passlib and others (`$pbkdf2-sha256$i$salt$hash`). */
const pbkdf2: Verify = (stored, password) => {
  const django = /^pbkdf2_(sha\d+)\$(\d+)\$([^$]+)\$(.+)$/.exec(stored);
  const phc = /^\$pbkdf2(?:-(sha\d+))?\$(?:i=)?(\d+)(?:,l=\d+)?\$([^$]+)\$(.+)$/.exec(stored);
  const [, algorithm = 'sha1', rounds = '1', salt = '', hash = ''] = django ?? phc ?? [];
  const expected = fromBase64(hash);
  const derived = pbkdf2Sync(password, django ? salt : fromBase64(salt), Number(rounds), expected.length, algorithm);
  return wholeIf(sameText(derived.toString('hex'), expected.toString('hex')));
};

const scrypt: Verify = (stored, password) => {
  const [, , cost = '', salt = '', hash = ''] = stored.split('$');
  const expected = fromBase64(hash);
  const derived = deriveScrypt(password, fromBase64(salt), expected.length, cost);
  return wholeIf(sameText(derived.toString('hex'), expected.toString('hex')));
};

/** Firebase: scrypt makes a key, and the project's signer key encrypted with it is the hash. `$firebase-scrypt$ln=,r=$salt$separator$signerKey$hash` */
const firebase: Verify = (stored, password) => {
  const [, , cost = '', salt = '', separator = '', signerKey = '', hash = ''] = stored.split('$');
  const key = deriveScrypt(password, Buffer.concat([fromBase64(salt), fromBase64(separator)]), 32, cost);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const made = Buffer.concat([cipher.update(fromBase64(signerKey)), cipher.final()]);
  return wholeIf(sameText(made.toString('hex'), fromBase64(hash).toString('hex')));
};

/**
 * Bare or salted digests in hexadecimal: `hash`, `hash:salt`, and Magento's `hash:salt:version`. The salt may stand
 * before or after the password; both are tried.
 */
const digest: Verify = (stored, password) => {
  const [hash = '', salt = ''] = stored.split(':');
  const algorithm = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' }[hash.length] ?? 'sha256';
  const made = (text: string) => createHash(algorithm).update(text).digest('hex');
  const matches = [salt + password, password + salt].map((text) => sameText(made(text), hash.toLowerCase()));
  return wholeIf(matches.includes(true));
};

function deriveScrypt(password: string, salt: Buffer, length: number, cost: string): Buffer {
  const parameter = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(cost)?.[1] ?? 1);
  const [N, r, p] = [2 ** parameter('ln'), parameter('r'), parameter('p')];
  return scryptSync(password, salt, length, { N, r, p, maxmem: 256 * N * r * Math.max(p, 1) });
}

/** passlib writes `.` where Base64 has `+`. */
const fromBase64 = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64');

const verifiers: Record<ImportedFormat, Verify> = {
  argon2: (stored, password) => wholeIf(verifyArgon2(stored, password)),
  bcrypt,
  phpass,
  pbkdf2,
  scrypt,
  firebase,
  digest,
};

/**
 * How far a password matches a hash of another shop; `none` for a hash that cannot be read.
 *
 * A NUL byte matches nothing: bcrypt and HMAC, and so PBKDF2 and scrypt, take `a`, `a\0` or `a\0a` for one password.
 */
export function verifyImported(format: ImportedFormat, stored: string, password: string): Match {
  if (password.includes('\0')) return 'none';
  try {
    return verifiers[format](stored, password);
  } catch {
    return 'none';
  }
}
