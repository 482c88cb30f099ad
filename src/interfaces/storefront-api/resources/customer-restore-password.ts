import { resetPassword } from '../../../domain/credentials/index.ts';
import { customerLocked } from '../../../domain/customers/index.ts';
import { linkExpired, linkInvalid } from '../../../domain/links/index.ts';
import { noContent, open, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { restoreFailed, restoreKeyInvalid } from '../wire-problems.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';

/** Set a new password with the key from the mail, §8.3. The id in the path must be there and means nothing. */
export const customerRestorePassword = resource({
  type: 'customer-restore-password',
  operations: [
    open({
      method: 'PATCH',
      summary: 'Set a new password with the key of the mailed link',
      attributes: attributes({
        restorePasswordKey: text(notBlank, isString),
        password: newPassword,
        confirmPassword: confirmedPassword,
      }),
      async handle({ app, attributes: { restorePasswordKey, password, confirmPassword } }) {
        assertSame({ password, confirmPassword });
        try {
          await resetPassword(app, restorePasswordKey, password);
        } catch (error) {
          if (linkInvalid.is(error) || customerLocked.is(error)) throw restoreKeyInvalid({});
          throw linkExpired.is(error) ? restoreFailed({}) : error;
        }
        return noContent;
      },
    }),
  ],
});
