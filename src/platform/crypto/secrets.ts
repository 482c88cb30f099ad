import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';

/** Keys derived from the one SECRET, each for one use. */
export interface Secrets {
  /** Signs form tokens. */
  readonly forms: Buffer;
  /** Hashes one-time codes, which are too short to hide without a key. */
  readonly codes: Buffer;
  /** Encrypts private keys at rest. */
  readonly atRest: Buffer;
}

/**
 * The secrets of this installation: from SECRET, otherwise generated once into the data folder.
 *
 * Production with a database of its own never gets here without SECRET: `readConfig` refuses the start.
 */
export async function openSecrets(config: Config, home = config.DATA_DIR): Promise<Secrets> {
  const secret = config.SECRET ?? (await generatedSecret(join(home, 'secret')));
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'clientele', use, 32));
  return { forms: derive('forms'), codes: derive('codes'), atRest: derive('at rest') };
}

async function generatedSecret(file: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true });
  try {
    // `wx`: of two processes that start at once, one writes and both read the same.
    await writeFile(file, randomBytes(48).toString('base64'), { flag: 'wx', mode: 0o600 });
    await chmod(file, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFile(file, 'utf8');
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
