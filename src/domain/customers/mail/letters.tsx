import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Letter as Composed } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';
import { type Customer, fullName } from '../customer.ts';

const days = (seconds: number) => Math.round(seconds / 86_400);
const minutes = (seconds: number) => Math.round(seconds / 60);

/** Confirm the address of a new account (mail 2 of the reference product). */
export function confirmationLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.registration_token.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [
      t('mail.greeting', { name: fullName(customer) }),
      t('mail.customer.registration_token.text', { shop }),
    ],
    action: { label: t('mail.customer.registration_token.action'), url, trouble: t('mail.button_trouble') },
    footnotes: [
      t('mail.link.days', { days: days(config.CONFIRM_LINK_SECONDS) }),
      t('mail.customer.registration_token.not_you'),
    ],
  });
}

/** Registered without double opt-in (mail 1). */
export function welcomeLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.registration.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [t('mail.greeting', { name: fullName(customer) }), t('mail.customer.registration.text', { shop })],
    action: { label: t('mail.customer.registration.action'), url, trouble: t('mail.button_trouble') },
  });
}

/** Somebody registered with an address that has an account: only its owner learns. */
export function alreadyRegisteredLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.already_registered.subject', { shop });
  return compose({
    locale: customer.locale,
    subject,
    shop,
    paragraphs: [
      t('mail.greeting', { name: fullName(customer) }),
      t('mail.customer.already_registered.text', { shop }),
    ],
    action: { label: t('mail.customer.already_registered.action'), url, trouble: t('mail.button_trouble') },
    footnotes: [t('mail.customer.already_registered.not_you')],
  });
}

/** To the new address: confirm it (mail 5). */
export function emailChangeLetter({ config }: App, customer: Customer, url: string): Composed {
  const t = translator(customer.locale);
  const subject = t('mail.customer.customer_email_change_verification.subject');
  return compose({
    locale: customer.locale,
    subject,
    shop: config.SHOP_NAME,
    paragraphs: [
      t('mail.greeting', { name: fullName(customer) }),
      t('mail.customer.customer_email_change_verification.text', { shop: config.SHOP_NAME }),
    ],
    action: {
      label: t('mail.customer.customer_email_change_verification.action'),
      url,
      trouble: t('mail.button_trouble'),
    },
    footnotes: [t('mail.link.minutes', { minutes: minutes(config.EMAIL_CHANGE_LINK_SECONDS) }), t('mail.ignore')],
  });
}

/** To the old address: it was replaced (mail 6). */
export function emailChangedLetter({ config }: App, customer: Customer): Composed {
  const t = translator(customer.locale);
  const subject = t('mail.customer.customer_email_change_notification.subject');
  return compose({
    locale: customer.locale,
    subject,
    shop: config.SHOP_NAME,
    paragraphs: [
      t('mail.greeting', { name: fullName(customer) }),
      t('mail.customer.customer_email_change_notification.text', { shop: config.SHOP_NAME }),
    ],
    footnotes: [t('mail.contact_us')],
  });
}

/** Receipt of a deleted account. */
export function erasedLetter({ config }: App, locale: string): Composed {
  const t = translator(locale);
  const shop = config.SHOP_NAME;
  const subject = t('mail.customer.deleted.subject', { shop });
  return compose({
    locale,
    subject,
    shop,
    paragraphs: [t('mail.customer.deleted.text', { shop }), t('mail.customer.deleted.stays')],
    footnotes: [t('mail.contact_us')],
  });
}
