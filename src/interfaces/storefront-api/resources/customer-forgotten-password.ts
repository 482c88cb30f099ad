import { z } from 'zod';
import { requestReset } from '../../../domain/credentials/index.ts';
import { noContent, forAnyone, resource } from '../resource.ts';
import { attributes, atMost, email, notBlank, text } from '../rules.ts';

/** Emails a link to set a password. The answer is the same for unknown addresses, see docs/glue/passwords.md#forgotten. */
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
