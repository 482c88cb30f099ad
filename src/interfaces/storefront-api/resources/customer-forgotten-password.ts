import { z } from 'zod';
import { requestReset } from '../../../domain/credentials/index.ts';
import { noContent, forAnyone, resource } from '../resource.ts';
import { attributes, atMost, email, notBlank, text } from '../rules.ts';

/** Ask for a reset link, §8.2. The answer never tells whether the address has an account. */
export const customerForgottenPassword = resource({
  type: 'customer-forgotten-password',
  shows: z.object({}),
  operations: [
    forAnyone({
      method: 'POST',
      summary: 'Ask for a link that sets a new password',
      silent: true,
      attributes: attributes({ email: text(notBlank, email, atMost(255)) }),
      async handle({ app, attributes }) {
        await requestReset(app, attributes.email);
        return noContent;
      },
    }),
  ],
});
