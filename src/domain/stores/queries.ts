import type { Db } from '../../platform/database/open.ts';
import { LinkPatterns } from '../../platform/mail/link-pattern.ts';
import type { Store } from './store.ts';

const shown = [
  'name',
  'timeZone',
  'locales',
  'currencies',
  'countries',
  'links',
  'shopName',
  'shopAddress',
  'imprintUrl',
  'privacyUrl',
  'termsUrl',
] as const;

/** All stores in the order the operator gave them. */
export async function allStores(db: Db): Promise<Store[]> {
  const rows = await db.selectFrom('store').select(shown).orderBy('position').orderBy('name').execute();
  return rows.map((row) => ({ ...row, links: LinkPatterns.parse(row.links) }));
}

/** Creates or replaces a store; a new one comes last. */
export async function upsertStore(db: Db, { links, ...rest }: Store): Promise<void> {
  const store = { ...rest, links: JSON.stringify(links) };
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
