import { readFile } from 'node:fs/promises';
import type { App } from '../../platform/app.ts';
import { normalizePassword } from './normalize.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

/** Reads the passwords that the shop refuses, so that its file need not be there later. */
export async function loadDenied({ config, memory }: Pick<App, 'config' | 'memory'>): Promise<ReadonlySet<string>> {
  const { PASSWORD_DENY_LIST: listed, PASSWORD_DENY_LIST_FILE: file } = config;
  return memory.recall(`denied passwords ${file ?? ''} ${listed.join()}`, FOREVER, async () => {
    const lines = file === undefined ? [] : (await readFile(file, 'utf8')).split(/\r?\n/);
    return new Set([...listed, ...lines].filter(Boolean).map(spelling));
  });
}

/** Whether the shop refuses a password, in any letter case: its list in the settings, or in a file of one a line. */
export const isDenied = async (app: App, password: string): Promise<boolean> =>
  (await loadDenied(app)).has(spelling(password));

const spelling = (password: string): string => normalizePassword(password).toLowerCase();
