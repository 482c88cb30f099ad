import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, 43 characters that are safe in a URL. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret that is itself random: its SHA-256. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** SHA-256 in hexadecimal, for keys that should not show what they were made of. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex');

export const sign = (secret: Buffer, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

/**
 * Writes a token anew, so that two pages with the same token have nothing in common: random bytes, and the token XORed with
 * them. Otherwise the length of compressed pages tells of it (BREACH).
 */
export function mask(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const pad = randomBytes(bytes.length);
  return Buffer.concat([pad, xor(bytes, pad)]).toString('base64url');
}

/** Returns the token that {@link mask} wrote; for anything else a text that is no token. */
export function unmask(text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  const half = bytes.length >> 1;
  return xor(bytes.subarray(0, half), bytes.subarray(half)).toString('base64url');
}

const xor = (left: Buffer, right: Buffer): Buffer => Buffer.from(left.map((byte, at) => byte ^ (right[at] ?? 0)));

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
