import type { Insertable } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';

type Entry = Insertable<DB['auditEntry']>;

export async function insertEntry(db: Db, entry: Entry): Promise<void> {
  await db.insertInto('auditEntry').values(entry).execute();
}

/** The entry and its personal values in one statement. */
export async function insertEntryWithValues(db: Db, entry: Entry, customerId: string, changes: object): Promise<void> {
  await db
    .with('entry', (db) => db.insertInto('auditEntry').values(entry))
    .insertInto('auditValues')
    .values({ entryId: entry.id, customerId, changes: JSON.stringify(changes) })
    .execute();
}

export interface AuditRecord {
  id: string;
  at: Date;
  action: string;
  actor: string;
  actorId: string | null;
  door: string;
  network: string | null;
  facts: unknown;
  changes: unknown;
}

/** What happened to a customer, newest first. */
export function entriesAbout(db: Db, customerId: string): Promise<AuditRecord[]> {
  return db
    .selectFrom('auditEntry')
    .leftJoin('auditValues', 'auditValues.entryId', 'auditEntry.id')
    .select(['id', 'at', 'action', 'actor', 'actorId', 'door', 'network', 'facts', 'changes'])
    .where('auditEntry.customerId', '=', customerId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export async function deleteValues(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('auditValues').where('customerId', '=', customerId).execute();
}

/** The personal values of an entry; empty once the person was erased. */
export async function changesOf(db: Db, entryId: string): Promise<Record<string, unknown[]>> {
  const row = await db.selectFrom('auditValues').select('changes').where('entryId', '=', entryId).executeTakeFirst();
  return Values.parse(row?.changes ?? {});
}

const Values = z.record(z.string(), z.array(z.unknown()));
