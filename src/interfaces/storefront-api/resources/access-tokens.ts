import { z } from 'zod';
import { signInForTokens, signInRefused } from '../../../domain/sign-in/index.ts';
import { tooManyAttempts } from '../../../domain/throttle/index.ts';
import { forAnyone, resource } from '../resource.ts';
import { attributes, email, isString, notBlank, text } from '../rules.ts';
import { TokenAttributes, tokenItem } from './token-item.ts';

/** Sign-in, see docs/glue/tokens.md#access-tokens. Failures count towards docs/glue/passwords.md#lockout. */
export const accessTokens = resource({
  type: 'access-tokens',
  shows: TokenAttributes.extend({
    idCompanyUser: z.uuid().nullable().describe('Whom the token acts as for a company'),
  }),
  named: false,
  operations: [
    forAnyone({ method: 'GET', at: 'many', summary: 'Nothing: tokens are not kept', handle: () => ({ items: [] }) }),
    forAnyone({
      method: 'POST',
      summary: 'Log in',
      whileImpersonating: true,
      attributes: attributes({ username: text(notBlank, email), password: text(notBlank, isString) }),
      lockout: (given) =>
        'username' in given && typeof given.username === 'string' && given.username
          ? { door: 'customer', account: given.username }
          : undefined,
      problems: [signInRefused({}), tooManyAttempts({ minutes: 6 })],
      async handle({ app, attributes: { username, password } }) {
        const tokens = await signInForTokens(app, { email: username, password, door: 'customer', clears: false });
        return { items: [tokenItem('access-tokens', tokens, { idCompanyUser: tokens.companyUserId })] };
      },
    }),
  ],
});
