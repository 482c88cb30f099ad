import { z } from 'zod';
import { changePassword, passwordWrong } from '../../../domain/credentials/index.ts';
import { passwordRefused } from '../../../domain/passwords/index.ts';
import { forCustomers, noContent, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { notYours, passwordsDiffer } from '../wire-problems.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';

/** Change the password, §8.1. Tokens issued before are void afterwards. */
export const customerPassword = resource({
  type: 'customer-password',
  mfa: true,
  shows: z.object({}),
  operations: [
    forCustomers({
      method: 'PATCH',
      summary: 'Change the password',
      silent: true,
      own: notYours,
      problems: [
        passwordsDiffer({ first: 'newPassword', second: 'confirmPassword' }),
        passwordWrong({}),
        passwordRefused({ violations: ['common', 'repeats', 'characters'], min: 12, max: 128 }),
      ],
      attributes: attributes({ password: text(notBlank, isString), newPassword, confirmPassword: confirmedPassword }),
      async handle({ app, attributes: { password, newPassword, confirmPassword }, bearer }) {
        assertSame({ newPassword, confirmPassword });
        await changePassword(app, { customerId: bearer.customer.id, current: password, next: newPassword });
        return noContent;
      },
    }),
  ],
});
