import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Letter as Composed } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';
import { type Customer, fullName } from '../../customers/index.ts';

/** Log-ins are blocked for a while; the owner may lift the block. */
export function unlockLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.unlock.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [t('mail.greeting', { name: fullName(customer) }), t('mail.customer.unlock.text', { shop })],
    action: { label: t('mail.customer.unlock.action'), url, trouble: t('mail.button_trouble') },
    footnotes: [
      t('mail.link.minutes', { minutes: Math.round(config.UNLOCK_LINK_SECONDS / 60) }),
      t('mail.customer.unlock.not_you'),
    ],
  });
}
