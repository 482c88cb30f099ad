import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Letter as Composed } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';

/** A one-time code, and how long it is good for. */
export function codeLetter(
  { config }: App,
  { name, locale }: { name: string; locale: string },
  code: string,
): Composed {
  const t = translator(locale);
  const shop = config.SHOP_NAME;
  return compose({
    locale,
    subject: t('mail.multi_factor_auth.email.subject', { shop }),
    shop,
    paragraphs: [t('mail.greeting', { name }), t('mail.multi_factor_auth.email.text'), code],
    footnotes: [
      t('mail.multi_factor_auth.email.minutes', { minutes: Math.round(config.MFA_CODE_SECONDS / 60) }),
      t('mail.multi_factor_auth.email.not_you'),
    ],
  });
}
