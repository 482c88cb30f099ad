import { z } from 'zod';
import { resetPassword } from '../../../domain/credentials/index.ts';
import { customerLocked } from '../../../domain/customers/index.ts';
import { linkExpired, linkInvalid } from '../../../domain/links/index.ts';
import { passwordRefused } from '../../../domain/passwords/index.ts';
import { noContent, forAnyone, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { passwordsDiffer, restoreFailed, restoreKeyInvalid } from '../wire-problems.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';

/** Sets a password with the emailed key. The id in the path is required and ignored, see docs/glue/passwords.md#restore. */
export const customerRestorePassword = resource({
  type: 'customer-restore-password',
  shows: z.object({}),
  operations: [
    forAnyone({
      method: 'PATCH',
      summary: 'Set a new password with the key of the mailed link',
      silent: true,
      problems: [
        passwordsDiffer({ first: 'password', second: 'confirmPassword' }),
        passwordRefused({ violations: ['common', 'repeats', 'characters'], min: 12, max: 128 }),
        restoreKeyInvalid({}),
        restoreFailed({}),
      ],
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
