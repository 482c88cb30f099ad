import { refreshTokens as exchange } from '../../../domain/sign-in/index.ts';
import { revokeRefreshTokens } from '../../../domain/tokens/index.ts';
import { guarded, noContent, open, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';

/** Exchange (§2.2) and revoke (§2.3) refresh tokens. */
export const refreshTokens = resource({
  type: 'refresh-tokens',
  mine: true,
  operations: [
    open({ method: 'GET', summary: 'Nothing: tokens are not shown', handle: () => ({ items: [] }) }),
    open({
      method: 'POST',
      summary: 'Exchange a refresh token for a new pair',
      attributes: attributes({ refreshToken: text(notBlank, isString) }),
      async handle({ app, attributes }) {
        const { accessToken, refreshToken, expiresIn } = await exchange(app, attributes.refreshToken);
        return {
          items: [
            {
              type: 'refresh-tokens',
              id: null,
              attributes: { tokenType: 'Bearer', expiresIn, accessToken, refreshToken },
            },
          ],
        };
      },
    }),
    guarded({
      method: 'DELETE',
      summary: 'Revoke one refresh token, or with `mine` all of the customer',
      async handle({ app, id, bearer }) {
        await revokeRefreshTokens(app, bearer.customer.id, id === 'mine' ? undefined : id);
        return noContent;
      },
    }),
  ],
});
