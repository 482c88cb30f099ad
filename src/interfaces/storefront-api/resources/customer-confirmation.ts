import { z } from 'zod';
import { confirmRegistration } from '../../../domain/credentials/index.ts';
import { linkInvalid } from '../../../domain/links/index.ts';
import { noContent, forAnyone, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';

/** Confirms a registration with the emailed key, see docs/glue/customers.md#confirmation. */
export const customerConfirmation = resource({
  type: 'customer-confirmation',
  shows: z.object({}),
  operations: [
    forAnyone({
      method: 'POST',
      summary: 'Confirm a registration',
      silent: true,
      problems: [linkInvalid({})],
      attributes: attributes({ registrationKey: text(notBlank, isString) }),
      async handle({ app, attributes }) {
        await confirmRegistration(app, attributes.registrationKey);
        return noContent;
      },
    }),
  ],
});
