import { z } from 'zod';
import { changePassword, passwordWrong } from '../../../domain/credentials/index.ts';
import { passwordRefused } from '../../../domain/passwords/index.ts';
import { forCustomers, noContent, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { notYours, passwordsDiffer } from '../wire-problems.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';

/** Changes the password. Tokens issued before are invalid afterwards, see docs/glue/passwords.md#change. */
export const customerPassword = resource({
  type: 'customer-password',
  mfa: true,
  shows: z.object({}),
  operations: [
    forCustomers({
      method: 'PATCH',
      summary: 'Change the password',
      silent: true,
      problems: [
        notYours({}),
        passwordsDiffer({ first: 'newPassword', second: 'confirmPassword' }),
        passwordWrong({}),
        passwordRefused({ violations: ['common', 'repeats', 'characters'], min: 12, max: 128 }),
      ],
      attributes: attributes({ password: text(notBlank, isString), newPassword, confirmPassword: confirmedPassword }),
      async handle({ app, id, attributes: { password, newPassword, confirmPassword }, bearer }) {
        // Not among what is told together about who asks: a code that is missing is missed first.
        if (id !== bearer.customer.reference) throw notYours({});
        assertSame({ newPassword, confirmPassword });
        await changePassword(app, { customerId: bearer.customer.id, current: password, next: newPassword });
        return noContent;
      },
    }),
  ],
});
