import type { z } from 'zod';
import type { App } from '../app.ts';
import { newId } from '../id.ts';

/** Work that happens later, maybe twice. The payload is ids, not copies. */
export interface Job<Payload extends object> extends AnyJob {
  readonly payload: z.ZodType<Payload>;
}

export interface AnyJob {
  readonly name: string;
  readonly payload: z.ZodType;
  /** Cron expression in UTC; such a job gets an empty payload. */
  readonly schedule?: string;
  /** The id is that of the queued job, which it keeps when it is tried again or taken over by another worker. */
  start(app: App, payload: unknown, id?: string): Promise<void>;
}

export function job<Payload extends object>(definition: {
  name: string;
  payload: z.ZodType<Payload>;
  schedule?: string;
  run(app: App, payload: Payload, id: string): Promise<void>;
}): Job<Payload> {
  const { name, payload, schedule, run } = definition;
  return {
    name,
    payload,
    ...(schedule ? { schedule } : {}),
    start: (app, given, id = newId()) => run(app, payload.parse(given), id),
  };
}

/** A job on its way into the queue. */
export interface Queued {
  readonly name: string;
  readonly payload: object;
}

/** A job for a statement that queues it along with the change it follows from; see `recorded` of the audit log. */
export const queued = <Payload extends object>({ name }: Job<Payload>, payload: Payload): Queued => ({ name, payload });

/** Queues a job in the transaction of `app`: it exists if, and only if, the change that asked for it does. */
export async function enqueue<Payload extends object>(app: App, job: Job<Payload>, payload: Payload): Promise<void> {
  await app.queue.add(app.db, job.name, [payload]);
}

/** Queues one job a payload in a single statement. */
export async function enqueueAll<Payload extends object>(
  app: App,
  job: Job<Payload>,
  payloads: readonly Payload[],
): Promise<void> {
  if (payloads.length > 0) await app.queue.add(app.db, job.name, payloads);
}
