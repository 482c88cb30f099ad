import type { ControlledTransaction } from 'kysely';
import type { App } from '../app.ts';
import { type DatabaseSession, openSession } from '../database/session.ts';
import type { DB } from '../database/tables.ts';

/** Several files in one transaction that is taken back, so that each finds what those before it would have brought. */
export interface Rehearsal {
  session: DatabaseSession;
  transaction: ControlledTransaction<DB>;
  close(): Promise<void>;
}

export async function openRehearsal(app: App): Promise<Rehearsal> {
  const session = await openSession(app.connection);
  const transaction = await session.db.startTransaction().execute();
  return {
    session,
    transaction,
    async close() {
      await transaction.rollback().execute();
      await session.close();
    },
  };
}
