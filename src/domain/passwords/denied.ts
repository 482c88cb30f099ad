import { readFile } from 'node:fs/promises';
import type { App } from '../../platform/app.ts';
import { normalizePassword } from './normalize.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

/** Whether the shop refuses a password, in any letter case: its list in the settings, or in a file of one a line. */
export async function isDenied(app: App, password: string): Promise<boolean> {
  const { PASSWORD_DENY_LIST: listed, PASSWORD_DENY_LIST_FILE: file } = app.config;
  if (listed.length === 0 && file === undefined) return false;
  const denied = await app.memory.recall(`denied passwords ${file ?? ''} ${listed.join()}`, FOREVER, async () => {
    const lines = file === undefined ? [] : (await readFile(file, 'utf8')).split(/\r?\n/);
    return new Set([...listed, ...lines].filter(Boolean).map(spelling));
  });
  return denied.has(spelling(password));
}

const spelling = (password: string): string => normalizePassword(password).toLowerCase();
