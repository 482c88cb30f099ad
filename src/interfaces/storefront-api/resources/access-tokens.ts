import { signInForTokens } from '../../../domain/sign-in/index.ts';
import { open, resource } from '../resource.ts';
import { attributes, email, isString, notBlank, text } from '../rules.ts';

/** Log in, §2.1. Failed attempts are counted and blocked as §7 says. */
export const accessTokens = resource({
  type: 'access-tokens',
  operations: [
    open({ method: 'GET', summary: 'Nothing: tokens are not kept', handle: () => ({ items: [] }) }),
    open({
      method: 'POST',
      summary: 'Log in',
      attributes: attributes({ username: text(notBlank, email), password: text(notBlank, isString) }),
      lockout: (given) => ('username' in given && typeof given.username === 'string' ? given.username : undefined),
      async handle({ app, attributes: { username, password } }) {
        const { accessToken, refreshToken, expiresIn } = await signInForTokens(app, {
          email: username,
          password,
          door: 'customer',
          clears: false,
        });
        return {
          items: [
            {
              type: 'access-tokens',
              id: null,
              attributes: { tokenType: 'Bearer', expiresIn, accessToken, refreshToken, idCompanyUser: null },
            },
          ],
        };
      },
    }),
  ],
});
