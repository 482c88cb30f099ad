import type { Db } from '../../platform/database/open.ts';
import type { Store } from './store.ts';

const shown = ['name', 'timeZone', 'locales', 'currencies', 'countries'] as const;

/** All stores in the order the operator gave them. */
export function allStores(db: Db): Promise<Store[]> {
  return db.selectFrom('store').select(shown).orderBy('position').orderBy('name').execute();
}

/** Creates or replaces a store; a new one comes last. */
export async function upsertStore(db: Db, store: Store): Promise<void> {
  await db
    .insertInto('store')
    .values(({ selectFrom, eb }) => ({
      ...store,
      position: selectFrom('store').select(({ fn }) =>
        eb(fn.coalesce(fn.max('position'), eb.lit(0)), '+', 1).as('next'),
      ),
    }))
    .onConflict((conflict) => conflict.column('name').doUpdateSet(store))
    .execute();
}
