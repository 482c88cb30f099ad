import type { ReactNode } from 'react';
import { languageOf } from '../../domain/stores/index.ts';
import { Frame, type FrameProps } from '../../ui/frame.tsx';
import { Submit } from '../../ui/field.tsx';
import { legalLinks } from '../../ui/legal-links.ts';
import { Token } from './form.tsx';
import type { Visit } from './visit.ts';

interface SiteFrameProps {
  visit: Visit;
  title: string;
  path: string;
  storePrefix: string;
  stylesheets: readonly string[];
  notice: FrameProps['notice'];
  children: ReactNode;
}

const names: Record<string, string> = { de: 'Deutsch', en: 'English' };

/** The frame of every shopper page: what a visitor may do, in the languages of the store. */
export function SiteFrame({ visit, title, path, storePrefix, stylesheets, notice, children }: SiteFrameProps) {
  const { t, locale, store, visitor, url, shop, incoming } = visit;
  const query = new URLSearchParams(incoming.query);
  query.delete('_locale');
  const search = query.size > 0 ? `?${query.toString()}` : '';
  const languages = [...new Set(store.locales.map(languageOf))].map((lang) => ({
    lang,
    label: names[lang] ?? lang,
    href: `${storePrefix}/${lang}${path === '/login_check' ? '/login' : path}${search}`,
    current: lang === languageOf(locale),
  }));
  const here = (page: string) => (page === path ? ({ 'aria-current': 'page' } as const) : {});
  const navigation = (
    <nav aria-label={t('navigation.account')}>
      {visitor ? (
        <>
          <a href={url('/customer/overview')} {...here('/customer/overview')}>
            {t('customer.account.overview')}
          </a>
          <a href={url('/customer/profile')} {...here('/customer/profile')}>
            {t('customer.account.profile_data')}
          </a>
          <form method="post" action={url('/logout')} className="inline">
            <Token visit={visit} form="logoutForm" />
            <Submit quiet>{t('customer.logout')}</Submit>
          </form>
        </>
      ) : (
        <>
          <a href={url('/login')} {...here('/login')}>
            {t('customer.login')}
          </a>
          <a href={url('/register')} {...here('/register')}>
            {t('customer.registration.submit')}
          </a>
        </>
      )}
    </nav>
  );
  return (
    <Frame
      lang={languageOf(locale)}
      title={title}
      shop={shop}
      legal={legalLinks(t, shop)}
      legalLabel={t('legal')}
      stylesheets={stylesheets}
      home={url('/')}
      skip={t('navigation.skip')}
      navigation={navigation}
      languages={languages}
      languagesLabel={t('navigation.language')}
      notice={notice}
    >
      {children}
    </Frame>
  );
}
