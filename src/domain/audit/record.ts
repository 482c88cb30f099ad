import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { columns } from '../../platform/database/json.ts';
import type { Queued } from '../../platform/jobs/job.ts';
import { type EntryJson, insertEntry } from './queries.ts';

/** Before and after of each field; `null` is empty. */
export type Changes = { readonly [field: string]: readonly [before: unknown, after: unknown] };

export interface Happening {
  /** Domain and past tense: `customers.registered`. Never renamed. */
  action: string;
  customerId?: string;
  /** Nothing personal: states, counts, reasons. */
  facts?: { readonly [name: string]: unknown };
  /** Personal values, kept apart and erased with the person. Never secrets. */
  changes?: Changes;
}

/** Writes what happened into the audit log, in the transaction of `app`, and queues the job. Returns the entry's id. */
export async function record(app: App, { job, ...happening }: Happening & { job?: Queued }): Promise<string> {
  const id = newId();
  const { entry, changes } = entryJson(app, happening, id);
  await insertEntry(app.db, job && (await app.queue.compose(job)), entry, changes);
  return id;
}

/** The entry of a happening with its personal values, for `audited`. */
export function entryJson(app: App, happening: Happening, id: string = newId()): EntryJson {
  const { action, customerId, facts = {}, changes = {} } = happening;
  const { door, actor, actorId, network, requestId } = app.origin;
  const fields = Object.keys(changes);
  const entry = {
    id,
    at: app.now(),
    action,
    customer_id: customerId,
    actor,
    actor_id: actorId,
    door,
    network,
    request_id: requestId,
    facts: fields.length > 0 ? { ...facts, fields } : facts,
  };
  return { entry: JSON.stringify(entry), changes: JSON.stringify(changes) };
}

/** What fields were, and what they become, each as JSON by column, for a statement that makes the change. */
export function beforeAndAfter(changes: Changes): [before: string, after: string] {
  const json = (at: 0 | 1) =>
    JSON.stringify(columns(Object.fromEntries(Object.entries(changes).map(([field, pair]) => [field, pair[at]]))));
  return [json(0), json(1)];
}

/** The fields of `after` that differ from `before`, as `record` wants them. */
export function changesBetween<T extends object>(before: T, after: Partial<T>): Changes {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).flatMap(([field, value]): [string, [unknown, unknown]][] => {
      const was = old.get(field) ?? null;
      return was === (value ?? null) ? [] : [[field, [was, value ?? null]]];
    }),
  );
}
