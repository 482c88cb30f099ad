import type { App } from '../../platform/app.ts';
import { databaseReadiness } from '../../platform/database/readiness.ts';

export interface Lifecycle {
  /** Whether the server is about to stop and wants no more requests. */
  readonly isDraining: boolean;
}

const KEY = 'readiness';

/** Ready means: writes succeed, the schema is current, the job queue can be reached, and the server is to stay. */
export async function ready(app: App, { isDraining }: Lifecycle): Promise<Response> {
  if (isDraining) return unavailable({ status: 'draining' });
  // One check at a time, however often it is asked for: each writes.
  const found = await app.memory.recall(KEY, 60_000, () => check(app).finally(() => app.memory.forget(KEY)));
  const isReady = Object.values(found).every((part) => part === 'ok');
  return isReady ? Response.json({ status: 'ok', ...found }) : unavailable({ status: 'unavailable', ...found });
}

async function check(app: App) {
  const [database, jobs] = await Promise.all([
    databaseReadiness(app.db, app.now()),
    app.queue.ping().then(
      () => 'ok',
      () => 'away',
    ),
  ]);
  return { ...database, jobs };
}

const unavailable = (body: object) => Response.json(body, { status: 503, headers: { 'Retry-After': '5' } });
