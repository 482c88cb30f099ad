import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { upsertStore } from './queries.ts';
import type { Store } from './store.ts';

/** Creates or replaces a store. */
export async function setStore(app: App, store: Store): Promise<void> {
  await transact(app, async (app) => {
    await upsertStore(app.db, store);
    await record(app, { action: 'stores.set', facts: store });
  });
  app.memory.forget('stores');
}
