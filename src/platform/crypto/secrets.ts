import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startRefused } from '../problem.ts';
import { sameText, sign } from './token.ts';
import { weaknessOf } from './secret-strength.ts';

/** Keys derived from one SECRET, each for one use. */
export interface Keys {
  /** Signs form tokens. */
  readonly forms: Buffer;
  /** Hashes one-time codes, which are too short to hide without a key. */
  readonly codes: Buffer;
  /** Encrypts private keys at rest. */
  readonly atRest: Buffer;
  /** Proves to a server that `clientele doctor` knows its secret. */
  readonly doctor: Buffer;
}

/** The keys of this installation. */
export interface Secrets extends Keys {
  /** Keys of the secret before, which are still accepted while SECRET is rotated. */
  readonly previous: Keys | undefined;
  /** Where the secret was generated; undefined where SECRET is set. */
  readonly file: string | undefined;
}

/** Characters of the shortest secret. */
const SHORTEST = 32;

const deriveKeys = (secret: string): Keys => {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'clientele', use, 32));
  return { forms: derive('forms'), codes: derive('codes'), atRest: derive('at rest'), doctor: derive('doctor') };
};

/**
 * Returns the secrets of this installation: from SECRET, otherwise generated once into the data folder.
 *
 * Production with a database of its own never gets here without SECRET: `readConfig` refuses the start.
 *
 * @throws {@link startRefused} if the generated secret was damaged or replaced by a weak one.
 */
export async function openSecrets(config: Config, home = config.DATA_DIR): Promise<Secrets> {
  if (config.SECRET !== undefined) {
    const previous = config.SECRET_PREVIOUS === undefined ? undefined : deriveKeys(config.SECRET_PREVIOUS);
    return { ...deriveKeys(config.SECRET), previous, file: undefined };
  }
  const file = join(home, 'secret');
  const secret = await generatedSecret(file);
  const weakness = config.NODE_ENV === 'production' ? weaknessOf(secret) : undefined;
  if (secret.length < SHORTEST || weakness)
    throw startRefused({
      reason: `${file}: ${weakness ?? `must have at least ${SHORTEST} characters`}. Restore it from a backup.`,
    });
  const earlier = config.SECRET_PREVIOUS ?? (await readIfThere(previousFile(file)));
  return { ...deriveKeys(secret), previous: earlier === undefined ? undefined : deriveKeys(earlier), file };
}

const previousFile = (file: string) => `${file}.previous`;

async function generatedSecret(file: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true });
  const existing = await readIfThere(file);
  if (existing !== undefined) return existing;
  // Of two processes that start at once, one makes the file and both read the same; it is never there half written.
  const aside = await writeAside(file);
  await link(aside, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(aside);
  return readFile(file, 'utf8');
}

/**
 * Replaces a generated secret by a new one. The one before stays beside it, accepted, until {@link forgetPreviousSecret}.
 */
export async function replaceGeneratedSecret(file: string): Promise<void> {
  const aside = await writeAside(file);
  await forgetPreviousSecret(file);
  await link(file, previousFile(file));
  await rename(aside, file);
}

/** Removes the secret that {@link replaceGeneratedSecret} kept. */
export const forgetPreviousSecret = (file: string): Promise<void> => rm(previousFile(file), { force: true });

async function writeAside(file: string): Promise<string> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, randomBytes(48).toString('base64'), { flag: 'wx', mode: 0o600, flush: true });
  await chmod(aside, 0o600);
  return aside;
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw startRefused({ reason: `The secret cannot be read: ${error.message}` });
  });
}

/** AES-256-GCM; nonce, tag and text in one buffer. */
export function encrypt(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws when the key is another or the text was changed. */
export function decrypt(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}

/** Whether text was encrypted with a key. */
export function opens(key: Buffer, sealed: Buffer): boolean {
  try {
    decrypt(key, sealed);
    return true;
  } catch {
    return false;
  }
}

/**
 * Decrypts what the current or, during a rotation, the previous secret encrypted.
 *
 * @throws when neither did.
 */
export function decryptAtRest({ atRest, previous }: Secrets, sealed: Buffer): string {
  return previous && !opens(atRest, sealed) ? decrypt(previous.atRest, sealed) : decrypt(atRest, sealed);
}

/** Milliseconds for which a proof counts, before and after. */
const PROOF_MS = 60_000;

/** A text that only who knows the secret can make, for about a minute. */
export const proofOfSecret = (key: Buffer, now: Date): string => `${now.getTime()}.${sign(key, String(now.getTime()))}`;

export function provesSecret(key: Buffer, proof: string, now: Date): boolean {
  const [time = '', signature = ''] = proof.split('.');
  return sameText(signature, sign(key, time)) && Math.abs(Number(time) - now.getTime()) <= PROOF_MS;
}
