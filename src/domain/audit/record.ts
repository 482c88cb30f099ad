import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { columns } from '../../platform/database/json.ts';
import { type EntryJson, insertEntry, insertEntryWithValues } from './queries.ts';

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

/** Writes what happened into the audit log, in the transaction of `app`. Returns the entry's id. */
export async function record(app: App, happening: Happening): Promise<string> {
  const { customerId, changes = {} } = happening;
  const entry = entryOf(app, happening);
  if (customerId && Object.keys(changes).length > 0) await insertEntryWithValues(app.db, entry, customerId, changes);
  else await insertEntry(app.db, entry);
  return entry.id;
}

/** The entry of a happening, for a statement that writes it along with the change. */
export function entryOf(app: App, happening: Happening) {
  const { action, customerId } = happening;
  const { door, actor, actorId, network, requestId } = app.origin;
  return {
    id: newId(),
    at: app.now(),
    action,
    customerId: customerId ?? null,
    actor,
    actorId: actorId ?? null,
    door,
    network: network ?? null,
    requestId: requestId ?? null,
    facts: JSON.stringify(factsOf(happening)),
  };
}

function factsOf({ facts = {}, changes = {} }: Happening): object {
  const fields = Object.keys(changes);
  return fields.length > 0 ? { ...facts, fields } : facts;
}

/** The entry of a happening with its personal values, for `audited`. */
export const entryJson = (app: App, happening: Happening): EntryJson => ({
  entry: JSON.stringify(columns({ ...entryOf(app, happening), facts: factsOf(happening) })),
  changes: JSON.stringify(happening.changes ?? {}),
});

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
