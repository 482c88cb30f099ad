import type { App } from '../../../platform/app.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose, linkLasts } from '../../../ui/letter.tsx';
import { type Customer, recipient } from '../../customers/index.ts';
import { shopNamed } from '../../stores/index.ts';

/** A link that sets a new password (mail 3 of the reference product). */
export const resetLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.restore_password',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [linkLasts(t, app.config.RESET_LINK_SECONDS), t('mail.ignore')],
  });

/** A link that sets the first password of an account that came without one. */
export const invitationLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.set_password',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [linkLasts(t, app.config.INVITATION_LINK_SECONDS), t('mail.customer.set_password.ignore')],
  });

/** The password was changed or reset (mail 4, here for both). */
export const passwordChangedLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.restore_password_confirmation',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [t('mail.customer.restore_password_confirmation.not_you')],
  });
