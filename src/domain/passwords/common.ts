import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { App } from '../../platform/app.ts';

const file = fileURLToPath(new URL('../../../assets/common-passwords.txt.gz', import.meta.url));
const NEW_LINE = 10;
const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * Whether a password is, ignoring case, one of the bundled 115,000 most common or breached ones.
 *
 * The list stays one sorted buffer: a set of it would take 10 MB and 30 ms of the event loop.
 */
export async function isCommon(app: App, password: string): Promise<boolean> {
  const list = await app.memory.recall('common passwords', FOREVER, async () =>
    promisify(gunzip)(await readFile(file)),
  );
  const wanted = Buffer.from(password.toLowerCase());
  let [low, high] = [0, list.length];
  while (low < high) {
    const start = list.lastIndexOf(NEW_LINE, Math.floor((low + high) / 2) - 1) + 1;
    const found = list.indexOf(NEW_LINE, start);
    const end = found < 0 ? list.length : found;
    const order = Buffer.compare(list.subarray(start, end), wanted);
    if (order === 0) return true;
    if (order < 0) low = end + 1;
    else high = start;
  }
  return false;
}
