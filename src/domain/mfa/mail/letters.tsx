import type { App } from '../../../platform/app.ts';
import type { Letter } from '../../../platform/mail/send.ts';
import { compose } from '../../../ui/letter.tsx';
import { shopNamed } from '../../stores/index.ts';

/** A one-time code, and how long it is good for. */
export const codeLetter = (
  app: App,
  reader: { name: string; locale: string; store: string | null },
  code: string,
): Promise<Letter> =>
  compose({
    words: 'multi_factor_auth.email',
    shop: shopNamed(app, reader.store),
    reader,
    more: () => [code],
    footnotes: (t) => [
      t('mail.multi_factor_auth.email.minutes', { minutes: Math.round(app.config.MFA_CODE_SECONDS / 60) }),
      t('mail.multi_factor_auth.email.not_you'),
    ],
  });
