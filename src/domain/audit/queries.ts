import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { type ComposedJob, type JobParts, jobParts } from '../../platform/jobs/queries.ts';

/** An entry and its personal values as JSON, for a statement that writes them. */
export interface EntryJson {
  entry: string;
  changes: string;
}

/**
 * The parts of a statement that write an entry along with a change, if the part `happened` has a row; its column `facts` is
 * what only the change knows, as JSON.
 */
export const entryParts = ({ entry, changes }: EntryJson): RawBuilder<unknown> => sql`entry as (
    insert into audit_entry (id, at, action, customer_id, actor, actor_id, door, network, request_id, facts)
    select id, at, action, customer_id, actor, actor_id, door, network, request_id, entry.facts || happened.facts
    from happened, jsonb_populate_record(null::audit_entry, ${entry}::jsonb) as entry
    returning id, customer_id
  ),
  personal as (
    insert into audit_values (entry_id, customer_id, changes)
    select id, customer_id, ${changes}::jsonb from entry where customer_id is not null and ${changes}::jsonb <> '{}'
  )`;

interface Audited {
  /** Of a row of `changed`: whether there is anything to write. */
  when?: RawBuilder<unknown>;
  /** JSON that only the change knows, of a row of `changed`. */
  facts?: RawBuilder<unknown>;
  /** What the statement returns, unless it is the rows of `changed`. */
  answer?: RawBuilder<unknown>;
  /** The job that follows from the change. */
  job?: JobParts | undefined;
}

/**
 * A statement that makes a change and writes its audit entry along with it: one round trip, and no transaction, as a
 * statement is one of its own. Where nothing was changed, nothing is written.
 *
 * @param change the CTEs of the change; one is named `changed` and has a row for what was changed
 * @param entry what `entryJson` says of it
 */
export function audited<Row>(
  change: RawBuilder<unknown>,
  entry: EntryJson,
  { when = sql`true`, facts = sql`'{}'::jsonb`, answer = sql`select * from changed`, job }: Audited = {},
): RawBuilder<Row> {
  const parts = sql`with ${change},
    happened as (select ${facts} as facts from changed where ${when} limit 1),
    ${entryParts(entry)}`;
  return job
    ? sql<Row>`${parts}, ${job.parts} select answer.* from (${answer}) as answer where ${job.isDone}`
    : sql<Row>`${parts} ${answer}`;
}

/**
 * As `prepared`, for an `audited` statement that a job may follow from: `build` passes `job` on. There is a statement for
 * each queue, as pg-boss has it.
 */
export function preparedWithJob<Values extends unknown[], Row>(
  build: (job: JobParts | undefined, ...values: Values) => RawBuilder<Row>,
) {
  const plain = prepared((_db: Db, ...values: Values) => build(undefined, ...values));
  const queueing = new Map<string, (db: Db, job: string, ...values: Values) => Promise<Row | undefined>>();

  function queueingOf(composed: ComposedJob) {
    const known = queueing.get(composed.text);
    if (known) return known;
    const made = prepared((_db: Db, job: string, ...values: Values) => build(jobParts(composed, job), ...values));
    queueing.set(composed.text, made);
    return made;
  }

  return async (db: Db, job: ComposedJob | undefined, ...values: Values): Promise<Row | undefined> =>
    job ? queueingOf(job)(db, job.values, ...values) : plain(db, ...values);
}

/** Writes an entry of what other statements changed, and queues the job. */
export const insertEntry = preparedWithJob((job, entry: string, changes: string) =>
  audited<{ written: boolean }>(sql`changed as (select true as written)`, { entry, changes }, { job }),
);

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
