import { parseAccept } from 'hono/utils/accept';
import type { App } from '../../platform/app.ts';
import { storeUnknown } from './problems.ts';
import { allStores } from './queries.ts';
import { languageOf, type Store } from './store.ts';

/** Stores change rarely; another instance's change is seen within this time. */
const REMEMBERED_MS = 10_000;

export const listStores = (app: App): Promise<Store[]> =>
  app.memory.recall('stores', REMEMBERED_MS, () => allStores(app.db));

/** Returns undefined if there is no such store. */
export const storeNamed = async (app: App, name: string): Promise<Store | undefined> =>
  (await listStores(app)).find((store) => store.name === name);

/**
 * The store of a request, by the name it gives or the configured default.
 *
 * @throws {@link storeUnknown} when there is no such store.
 */
export async function chooseStore(app: App, name: string | undefined): Promise<Store> {
  const stores = await listStores(app);
  const wanted = name ?? app.config.DEFAULT_STORE;
  const store = stores.find((store) => store.name === wanted) ?? (name === undefined ? stores[0] : undefined);
  if (!store) throw storeUnknown({ name: wanted });
  return store;
}

/** The locale of a store that suits an Accept-Language header best; the store's first where none does. */
export function chooseLocale(store: Store, acceptLanguage: string | undefined): string {
  const [fallback = 'en_US'] = store.locales;
  if (!acceptLanguage) return fallback;
  const wanted = parseAccept(acceptLanguage).toSorted((a, b) => b.q - a.q);
  for (const { type, q } of wanted) {
    const [language, territory] = type.toLowerCase().split(/[-_]/);
    const spoken = store.locales.filter((locale) => languageOf(locale) === language);
    const match = spoken.find((locale) => locale.slice(3).toLowerCase() === territory) ?? spoken[0];
    if (match && q > 0) return match;
  }
  return fallback;
}
