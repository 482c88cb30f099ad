import type { Translate } from '../i18n/index.ts';

/** What the footers of pages and emails say of a shop. */
export interface ShopDetails {
  name: string;
  /** In one line. */
  address: string | undefined;
  imprintUrl: string | undefined;
  privacyUrl: string | undefined;
  termsUrl: string | undefined;
}

/** Returns the links that a footer has, in reading order. */
export function legalLinks(t: Translate, { imprintUrl, privacyUrl, termsUrl }: ShopDetails) {
  const links = [
    { href: imprintUrl, label: t('legal.imprint') },
    { href: privacyUrl, label: t('legal.privacy') },
    { href: termsUrl, label: t('legal.terms') },
  ];
  return links.flatMap(({ href, label }) => (href ? [{ href, label }] : []));
}
