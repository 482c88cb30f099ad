import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, 43 characters that are safe in a URL. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret that is itself random: its SHA-256. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** SHA-256 in hexadecimal, for keys that should not show what they were made of. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex');

export const sign = (secret: Buffer, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
