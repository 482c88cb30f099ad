import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import { plainSentence } from '../../../platform/mail/plain-sentence.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';
import { type Customer, recipient } from '../../customers/index.ts';
import type { Impersonation } from '../impersonations.ts';
import { shopNamed } from '../../stores/index.ts';

interface Impersonated {
  customer: Customer;
  impersonation: Impersonation;
  /** Of the customer's store. */
  timeZone: string | undefined;
  url: string;
}

/** An agent acts in the customer's account: who, from when until when, and why. */
export function impersonatedLetter(
  app: App,
  { customer, impersonation: { from, until, agent, reason }, timeZone, url }: Impersonated,
): Promise<Letter> {
  // The account page shows every reason; an email with a link would have the shop as its sender.
  const shown = plainSentence(reason ?? '');
  const t = translator(customer.locale, timeZone);
  return compose({
    words: 'customer.impersonated',
    shop: shopNamed(app, customer.store),
    reader: recipient(customer),
    url,
    more: () => [
      t('customer.impersonations.entry', { agent: agent ?? t('customer.impersonations.service'), from, until }),
      ...(shown ? [t('customer.impersonations.reason', { reason: shown })] : []),
    ],
    footnotes: (t) => [t('mail.customer.impersonated.limits'), t('mail.customer.impersonated.not_asked')],
  });
}
