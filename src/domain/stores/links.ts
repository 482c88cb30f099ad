import type { App } from '../../platform/app.ts';
import { fillPattern, type ShopLink, shopLinks } from '../../platform/mail/link-pattern.ts';
import { storeNamed } from './choose.ts';
import { languageOf } from './store.ts';

/** Our own pages behind the links. */
const pages: Record<ShopLink, string> = {
  confirm: '/register/confirm',
  restore: '/password/restore',
  forgotten: '/password/forgotten',
  'sign-in': '/login',
  account: '/customer/overview',
};

/** Whom a link is for: the store, undefined or null where it is not known, and the language. */
interface Reader {
  store?: string | null;
  locale: string;
}

/**
 * The address of a link in an email: the pattern of the reader's store, or that of the settings, or a page of ours.
 *
 * @param token what the link carries, for those that carry one
 */
export async function shopLinkUrl(app: App, reader: Reader, link: ShopLink, token?: string): Promise<string> {
  const name = reader.store ?? app.config.DEFAULT_STORE;
  const store = await storeNamed(app, name);
  const pattern = store?.links[link] ?? app.config[shopLinks[link].setting];
  if (pattern === undefined) return pageUrl(app, reader, pages[link], token === undefined ? {} : { token });
  const { locale } = reader;
  return fillPattern(pattern, { locale, language: languageOf(locale), store: name, token: token ?? '' });
}

/** The address of a page of ours, in the reader's store and language. */
export function pageUrl(
  app: App,
  { store, locale }: Reader,
  path: string,
  parameters: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ ...parameters, _store: store ?? app.config.DEFAULT_STORE, _locale: locale });
  return `${app.config.PUBLIC_URL}${path}?${query.toString()}`;
}
