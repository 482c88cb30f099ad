import { refreshTokens as exchange } from '../../../domain/sign-in/index.ts';
import { refreshRefused, revokeRefreshTokens, type TokenOwner } from '../../../domain/tokens/index.ts';
import type { Bearer } from '../../../domain/sign-in/index.ts';
import { noContent, forAnyone, forCustomersOrAgents, resource } from '../resource.ts';
import { attributes, isString, notBlank, text } from '../rules.ts';
import { TokenAttributes, tokenItem } from './token-item.ts';

const ownerOf = ({ customer, staff }: Bearer): TokenOwner => ({ customerId: customer?.id, staffId: staff?.id });

/** Exchanges and revokes refresh tokens, see docs/glue/tokens.md#refresh-tokens. */
export const refreshTokens = resource({
  type: 'refresh-tokens',
  mine: true,
  shows: TokenAttributes,
  named: false,
  operations: [
    forAnyone({ method: 'GET', at: 'many', summary: 'Nothing: tokens are not shown', handle: () => ({ items: [] }) }),
    forAnyone({
      method: 'POST',
      summary: 'Exchange a refresh token for a new pair',
      whileImpersonating: true,
      attributes: attributes({ refreshToken: text(notBlank, isString) }),
      problems: [refreshRefused({})],
      async handle({ app, attributes }) {
        return { items: [tokenItem('refresh-tokens', await exchange(app, attributes.refreshToken))] };
      },
    }),
    forCustomersOrAgents({
      method: 'DELETE',
      at: 'mine',
      summary: 'Revoke all refresh tokens of whoever asks',
      whileImpersonating: true,
      silent: true,
      async handle({ app, bearer }) {
        await revokeRefreshTokens(app, ownerOf(bearer));
        return noContent;
      },
    }),
    forCustomersOrAgents({
      method: 'DELETE',
      summary: 'Revoke one refresh token of whoever asks',
      whileImpersonating: true,
      silent: true,
      async handle({ app, id, bearer }) {
        await revokeRefreshTokens(app, ownerOf(bearer), id);
        return noContent;
      },
    }),
  ],
});
