import { createCipheriv, createHash, pbkdf2, scrypt } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { sameText } from '../../platform/crypto/token.ts';
import { PHPASS_ALPHABET } from './hash-format.ts';

type Verify = (stored: string, password: string) => Promise<boolean>;

/** bcrypt sees 72 bytes; Symfony, and with it many PHP shops, hash longer passwords once before. */
export const bcrypt: Verify = async (stored, password) => {
  if (
    Buffer.byteLength(password) > 72 &&
    (await verifyBcrypt(createHash('sha512').update(password).digest('base64'), stored))
  )
    return true;
  return verifyBcrypt(password, stored);
};

/** WordPress, phpBB, old Drupal: MD5, 2^n times. Pauses now and then, as a round of all would hold the event loop. */
export const phpass: Verify = async (stored, password) => {
  const rounds = 2 ** PHPASS_ALPHABET.indexOf(stored.charAt(3));
  const salt = stored.slice(4, 12);
  const secret = Buffer.from(password);
  let digest = md5(Buffer.concat([Buffer.from(salt), secret]));
  for (let round = 0; round < rounds; round++) {
    digest = md5(Buffer.concat([digest, secret]));
    if (round % 256 === 255) await breathe();
  }
  return sameText(phpassText(digest), stored.slice(12));
};

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
export const verifyPbkdf2: Verify = async (stored, password) => {
  const django = /^pbkdf2_(sha\d+)\$(\d+)\$([^$]+)\$(.+)$/.exec(stored);
  const phc = /^\$pbkdf2(?:-(sha\d+))?\$(?:i=)?(\d+)(?:,l=\d+)?\$([^$]+)\$(.+)$/.exec(stored);
  const [, algorithm = 'sha1', rounds = '1', salt = '', hash = ''] = django ?? phc ?? [];
  // passlib writes `.` where Base64 has `+`.
  const expected = fromBase64(hash);
  const derived = await promisify(pbkdf2)(
    password,
    django ? salt : fromBase64(salt),
    Number(rounds),
    expected.length,
    algorithm,
  );
  return sameText(derived.toString('hex'), expected.toString('hex'));
};

export const verifyScrypt: Verify = async (stored, password) => {
  const [, , cost = '', salt = '', hash = ''] = stored.split('$');
  const expected = fromBase64(hash);
  const derived = await deriveScrypt(password, fromBase64(salt), expected.length, cost);
  return sameText(derived.toString('hex'), expected.toString('hex'));
};

/** Firebase: scrypt makes a key, and the project's signer key encrypted with it is the hash. `$firebase-scrypt$ln=,r=$salt$separator$signerKey$hash` */
export const firebase: Verify = async (stored, password) => {
  const [, , cost = '', salt = '', separator = '', signerKey = '', hash = ''] = stored.split('$');
  const key = await deriveScrypt(password, Buffer.concat([fromBase64(salt), fromBase64(separator)]), 32, cost);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const made = Buffer.concat([cipher.update(fromBase64(signerKey)), cipher.final()]);
  return sameText(made.toString('hex'), fromBase64(hash).toString('hex'));
};

/**
 * Bare or salted digests in hexadecimal: `hash`, `hash:salt`, and Magento's `hash:salt:version`. The salt may stand
 * before or after the password; both are tried.
 */
export const digest: Verify = async (stored, password) => {
  const [hash = '', salt = ''] = stored.split(':');
  const algorithm = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' }[hash.length] ?? 'sha256';
  const made = (text: string) => createHash(algorithm).update(text).digest('hex');
  return [salt + password, password + salt].some((text) => sameText(made(text), hash.toLowerCase()));
};

function deriveScrypt(password: string, salt: Buffer, length: number, cost: string): Promise<Buffer> {
  const parameter = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(cost)?.[1] ?? 1);
  const [N, r, p] = [2 ** parameter('ln'), parameter('r'), parameter('p')];
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem: 256 * N * r * Math.max(p, 1) }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const fromBase64 = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64');
