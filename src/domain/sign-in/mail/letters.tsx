import type { App } from '../../../platform/app.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose, linkLasts } from '../../../ui/letter.tsx';
import { type Customer, recipient } from '../../customers/index.ts';
import { shopNamed } from '../../stores/index.ts';

/** Log-ins are blocked for a while; the owner may lift the block. */
export const unlockLetter = (app: App, customer: Customer, url: string): Promise<Letter> =>
  compose({
    words: 'customer.unlock',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    footnotes: (t) => [linkLasts(t, app.config.UNLOCK_LINK_SECONDS), t('mail.customer.unlock.not_you')],
  });
