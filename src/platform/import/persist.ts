import type { ControlledTransaction } from 'kysely';
import type { App } from '../app.ts';
import { isConflict } from '../database/errors.ts';
import type { Db } from '../database/open.ts';
import type { DB } from '../database/tables.ts';

/** How often a transaction is tried that others get in the way of. */
const ATTEMPTS = 6;
/** Milliseconds before the second attempt; twice as long before each further one. */
const FIRST_WAIT = 50;

/** Runs a transaction again if the database broke it off for the sake of another one (deadlock, serialization). */
export async function persistently<T>(app: App, transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await app.clock.wait(FIRST_WAIT * 2 ** (attempt - 1));
    }
  }
}

/** Works within a transaction that goes on: what fails is undone, and locks that it took are free again. */
export async function withSavepoint<T>(
  transaction: ControlledTransaction<DB>,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const inside = await transaction.savepoint('import_chunk').execute();
  try {
    const result = await work(inside);
    await inside.releaseSavepoint('import_chunk').execute();
    return result;
  } catch (error) {
    await inside.rollbackToSavepoint('import_chunk').execute();
    throw error;
  }
}
