import { countDemoAccounts } from '../../domain/demo/index.ts';
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
  if (!isReady) return unavailable({ status: 'unavailable', ...found });
  return Response.json({ status: 'ok', ...found, ...(await warnings(app)) });
}

/** Milliseconds for which a count of demo accounts is good enough. */
const RECOUNT_MS = 60_000;

/** What an operator should look at, although requests are answered. */
async function warnings(app: App): Promise<{ demoAccounts?: 'present' }> {
  if (app.config.NODE_ENV !== 'production') return {};
  try {
    const { customers, staff } = await app.memory.recall('demo accounts', RECOUNT_MS, () => countDemoAccounts(app));
    return customers + staff > 0 ? { demoAccounts: 'present' } : {};
  } catch {
    return {};
  }
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
