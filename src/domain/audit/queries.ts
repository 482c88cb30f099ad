import { type Insertable, type RawBuilder, sql } from 'kysely';
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

/**
 * A statement that makes a change and writes its audit entry along with it: one round trip, and no transaction, as a
 * statement is one of its own. Where nothing was changed, nothing is written.
 *
 * @param change the CTEs of the change; the last is named `changed` and returns the rows that the statement returns
 * @param entry what `entryJson` says of it
 * @param when says of a row of `changed` whether there is anything to write
 * @param facts JSON that only the change knows, of a row of `changed`
 */
export const audited = <Row>(
  change: RawBuilder<unknown>,
  { entry, changes }: EntryJson,
  { when = sql`true`, facts = sql`'{}'::jsonb` }: { when?: RawBuilder<unknown>; facts?: RawBuilder<unknown> } = {},
): RawBuilder<Row> => sql<Row>`
  with ${change},
  happened as (select ${facts} as facts from changed where ${when} limit 1),
  entry as (
    insert into audit_entry (id, at, action, customer_id, actor, actor_id, door, network, request_id, facts)
    select id, at, action, customer_id, actor, actor_id, door, network, request_id, entry.facts || happened.facts
    from happened, jsonb_populate_record(null::audit_entry, ${entry}::jsonb) as entry
    returning id, customer_id
  ),
  personal as (
    insert into audit_values (entry_id, customer_id, changes)
    select id, customer_id, ${changes}::jsonb from entry where ${changes}::jsonb <> '{}'
  )
  select * from changed`;

/** An entry and its personal values as JSON, for a statement that writes them. */
export interface EntryJson {
  entry: string;
  changes: string;
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
