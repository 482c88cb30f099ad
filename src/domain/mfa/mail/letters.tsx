import type { App } from '../../../platform/app.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';

/** A one-time code, and how long it is good for. */
export const codeLetter = ({ config }: App, reader: { name: string; locale: string }, code: string): Letter =>
  compose({
    words: 'multi_factor_auth.email',
    shop: config.SHOP_NAME,
    reader,
    more: () => [code],
    footnotes: (t) => [
      t('mail.multi_factor_auth.email.minutes', { minutes: Math.round(config.MFA_CODE_SECONDS / 60) }),
      t('mail.multi_factor_auth.email.not_you'),
    ],
  });
