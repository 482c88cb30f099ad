import type { Transaction } from 'kysely';
import { isConflict, isTransient } from './errors.ts';
import type { Db } from './open.ts';
import type { DB } from './tables.ts';

/** Two that lock in opposite orders meet again at worst; a third time is bad luck. */
const ATTEMPTS = 3;

/**
 * Runs work in a transaction, and again when the database undid it or its connection broke before it was committed.
 * Never when the connection broke during COMMIT: then nobody knows whether it happened.
 */
export async function inTransaction<T>(db: Db, work: (db: Transaction<DB>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let isCommitting = false;
    let failure: unknown;
    try {
      return await db.transaction().execute(async (transaction) => {
        try {
          const result = await work(transaction);
          isCommitting = true;
          return result;
        } catch (error) {
          // On a broken connection the rollback fails too, and its error would hide this one.
          failure = error;
          throw error;
        }
      });
    } catch (error) {
      const thrown = failure ?? error;
      if (attempt >= ATTEMPTS || !(isCommitting ? isConflict(thrown) : isTransient(thrown))) throw thrown;
    }
  }
}
