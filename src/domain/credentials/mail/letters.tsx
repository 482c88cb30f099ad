import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Letter as Composed } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';
import { type Customer, fullName } from '../../customers/index.ts';

/** A link that sets a new password (mail 3 of the reference product). */
export function resetLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.restore_password.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [t('mail.greeting', { name: fullName(customer) }), t('mail.customer.restore_password.text', { shop })],
    action: { label: t('mail.customer.restore_password.action'), url, trouble: t('mail.button_trouble') },
    footnotes: [t('mail.link.hours', { hours: Math.round(config.RESET_LINK_SECONDS / 3600) }), t('mail.ignore')],
  });
}

/** A link that sets the first password of an account that came without one. */
export function invitationLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.set_password.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [t('mail.greeting', { name: fullName(customer) }), t('mail.customer.set_password.text', { shop })],
    action: { label: t('mail.customer.set_password.action'), url, trouble: t('mail.button_trouble') },
    footnotes: [t('mail.link.days', { days: Math.round(config.INVITATION_LINK_SECONDS / 86_400) }), t('mail.ignore')],
  });
}

/** The password was changed or reset (mail 4, here for both). */
export function passwordChangedLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.restore_password_confirmation.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [
      t('mail.greeting', { name: fullName(customer) }),
      t('mail.customer.restore_password_confirmation.text', { shop }),
    ],
    action: {
      label: t('mail.customer.restore_password_confirmation.action'),
      url,
      trouble: t('mail.button_trouble'),
    },
    footnotes: [t('mail.customer.restore_password_confirmation.not_you')],
  });
}
