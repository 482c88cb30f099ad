import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';

/**
 * Ids of what was erased, one a line, beside the embedded database: a restore erases it again. The file holds no personal
 * data, and outlives the database that it is about.
 */
export const erasureListFile = ({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): string => join(DATA_DIR, 'erased-customers');

const Id = z.uuid();

/** Returns the ids of a list; none where there is no file. */
export async function readErasureList(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A line that a full disk cut short is passed over: its job has written it once more.
  return [...new Set(text.split('\n').filter((line) => Id.safeParse(line).success))];
}

/** Adds an id; it is on the disk when this resolves. */
export async function appendToErasureList(path: string, id: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    // A line of its own even behind one that was cut short.
    await file.write(`\n${id}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
