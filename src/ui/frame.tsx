import type { ReactNode } from 'react';
import type { ShopDetails } from './legal-links.ts';

export interface FrameProps {
  lang: string;
  title: string;
  shop: ShopDetails;
  legal: readonly { label: string; href: string }[];
  legalLabel: string;
  stylesheets: readonly string[];
  /** To the start page of the shop's account pages. */
  home: string;
  skip: string;
  navigation: ReactNode;
  languages: readonly { lang: string; label: string; href: string; current: boolean }[];
  languagesLabel: string;
  notice?: { kind: 'success' | 'info' | 'error'; text: string } | undefined;
  children: ReactNode;
}

/** The page around every page: what it is, where one may go, in which language. */
export function Frame({
  lang,
  title,
  shop,
  legal,
  legalLabel,
  stylesheets,
  home,
  skip,
  navigation,
  languages,
  languagesLabel,
  notice,
  children,
}: FrameProps) {
  return (
    <html lang={lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${shop.name}`}</title>
        <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg" />
        {stylesheets.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
      </head>
      <body>
        <a className="skip" href="#main">
          {skip}
        </a>
        <header>
          <a className="shop" href={home}>
            {shop.name}
          </a>
          {navigation}
        </header>
        <main id="main">
          {notice && (
            <p className={`notice ${notice.kind}`} role={notice.kind === 'error' ? 'alert' : 'status'}>
              {notice.text}
            </p>
          )}
          {children}
        </main>
        <footer>
          {shop.address && (
            <p className="address">
              {shop.name} · {shop.address}
            </p>
          )}
          {legal.length > 0 && (
            <nav aria-label={legalLabel}>
              {legal.map(({ label, href }) => (
                <a key={href} href={href}>
                  {label}
                </a>
              ))}
            </nav>
          )}
          <nav aria-label={languagesLabel}>
            {languages.map(({ lang, label, href, current }) => (
              <a key={lang} href={href} lang={lang} hrefLang={lang} aria-current={current ? 'true' : undefined}>
                {label}
              </a>
            ))}
          </nav>
        </footer>
      </body>
    </html>
  );
}
