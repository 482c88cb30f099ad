import { confirmCustomer } from '../../../domain/customers/index.ts';
import { noContent, open, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';

/** Confirm a registration with the key from the mail, §3.5. */
export const customerConfirmation = resource({
  type: 'customer-confirmation',
  operations: [
    open({
      method: 'POST',
      summary: 'Confirm a registration',
      attributes: attributes({ registrationKey: text(notBlank, isString) }),
      async handle({ app, attributes }) {
        await confirmCustomer(app, attributes.registrationKey);
        return noContent;
      },
    }),
  ],
});
