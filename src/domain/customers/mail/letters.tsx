import type { App } from '../../../platform/app.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose, linkLasts } from '../../../ui/letter.tsx';
import { type Customer, recipient } from '../customer.ts';
import { shopNamed } from '../../stores/index.ts';

/** Confirm the address of a new account (mail 2 of the reference product). */
export const confirmationLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.registration_token',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [linkLasts(t, app.config.CONFIRM_LINK_SECONDS), t('mail.customer.registration_token.not_you')],
  });

/** Registered without double opt-in (mail 1). */
export const welcomeLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({ words: 'customer.registration', shop: shopNamed(app, customer.store), reader: recipient(customer), url });

/** Somebody registered with an address that has an account: only its owner learns. */
export const alreadyRegisteredLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.already_registered',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [t('mail.customer.already_registered.not_you')],
  });

/** To the new address: confirm it (mail 5). */
export const emailChangeLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.customer_email_change_verification',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [linkLasts(t, app.config.EMAIL_CHANGE_LINK_SECONDS), t('mail.ignore')],
  });

/** To the present address: another one was asked for. It does not say which, as a stranger may have typed it. */
export const emailChangeRequestedLetter = (
  app: App,
  customer: Customer,
  { url, requestedAt }: { url: string; requestedAt: Date },
): Promise<Letter> =>
  compose({
    words: 'customer.email_change_requested',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    more: (t) => [t('mail.customer.email_change_requested.when', { at: requestedAt })],
    footnotes: (t) => [
      linkLasts(t, app.config.EMAIL_CHANGE_STOP_LINK_SECONDS),
      t('mail.customer.email_change_requested.was_me'),
    ],
  });

/** To the old address: it was replaced (mail 6). */
export const emailChangedLetter = (app: App, customer: Customer): Promise<Letter> =>
  compose({
    words: 'customer.customer_email_change_notification',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    footnotes: (t) => [t('mail.contact_us')],
  });

/** Receipt of a deleted account. */
export const erasedLetter = (app: App, { locale, store }: { locale: string; store: string | null }): Promise<Letter> =>
  compose({
    words: 'customer.deleted',
    shop: shopNamed(app, store),
    reader: { name: '', locale },
    more: (t) => [t('mail.customer.deleted.stays')],
    footnotes: (t) => [t('mail.contact_us')],
  });
