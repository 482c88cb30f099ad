import type { App } from '../../platform/app.ts';
import { storeNamed } from './choose.ts';
import type { Store } from './store.ts';

/** What the footers of pages and emails say of a shop. */
interface ShopDetails {
  name: string;
  /** In one line. */
  address: string | undefined;
  imprintUrl: string | undefined;
  privacyUrl: string | undefined;
  termsUrl: string | undefined;
}

/** Returns what footers say of a store: its own details, else those of the settings. */
export const shopOf = ({ config }: Pick<App, 'config'>, store: Store | undefined): ShopDetails => ({
  name: store?.shopName ?? config.SHOP_NAME,
  address: store?.shopAddress ?? config.SHOP_ADDRESS,
  imprintUrl: store?.imprintUrl ?? config.IMPRINT_URL,
  privacyUrl: store?.privacyUrl ?? config.PRIVACY_URL,
  termsUrl: store?.termsUrl ?? config.TERMS_URL,
});

/** Returns the details for an email; customers without a store belong to the default one. */
export async function shopNamed(app: App, name: string | null): Promise<ShopDetails> {
  return shopOf(app, await storeNamed(app, name ?? app.config.DEFAULT_STORE));
}
