import { changePassword } from '../../../domain/credentials/index.ts';
import { guarded, noContent, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';

/** Change the password, §8.1. Tokens issued before are void afterwards. */
export const customerPassword = resource({
  type: 'customer-password',
  operations: [
    guarded({
      method: 'PATCH',
      summary: 'Change the password',
      own: true,
      attributes: attributes({ password: text(notBlank, isString), newPassword, confirmPassword: confirmedPassword }),
      async handle({ app, attributes: { password, newPassword, confirmPassword }, bearer }) {
        assertSame({ newPassword, confirmPassword });
        await changePassword(app, { customerId: bearer.customer.id, current: password, next: newPassword });
        return noContent;
      },
    }),
  ],
});
