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

const entries = (db: Db) =>
  db
    .selectFrom('auditEntry')
    .leftJoin('auditValues', 'auditValues.entryId', 'auditEntry.id')
    .select(['id', 'at', 'action', 'actor', 'actorId', 'door', 'network', 'facts', 'changes'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc');

/** What happened to a customer, newest first. */
export const entriesAbout = (db: Db, customerId: string): Promise<AuditRecord[]> =>
  entries(db).where('auditEntry.customerId', '=', customerId).execute();

/** The newest entries of one action about a customer. */
export const recentEntries = (
  db: Db,
  customerId: string,
  action: string,
  since: Date,
  limit: number,
): Promise<AuditRecord[]> =>
  entries(db)
    .where('auditEntry.customerId', '=', customerId)
    .where('action', '=', action)
    .where('at', '>', since)
    .limit(limit)
    .execute();

export const entryById = (db: Db, id: string): Promise<AuditRecord | undefined> =>
  entries(db).where('id', '=', id).executeTakeFirst();

export async function deleteValues(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('auditValues').where('customerId', '=', customerId).execute();
}

/** The personal values of an entry; empty once the person was erased. */
export async function changesOf(db: Db, entryId: string): Promise<Record<string, unknown[]>> {
  const row = await db.selectFrom('auditValues').select('changes').where('entryId', '=', entryId).executeTakeFirst();
  return Values.parse(row?.changes ?? {});
}

const Values = z.record(z.string(), z.array(z.unknown()));
