import { signInRefused, switchCompanyUser } from '../../../domain/sign-in/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { attributes, isString, notBlank, text, uuid } from '../rules.ts';
import { TokenAttributes, tokenItem } from './token-item.ts';

/** Issues tokens for a company user, see docs/glue/companies.md#choosing-a-company-user. */
export const companyUserAccessTokens = resource({
  type: 'company-user-access-tokens',
  shows: TokenAttributes,
  named: false,
  operations: [
    forCustomers({
      method: 'POST',
      summary: 'Choose whom to act as for a company',
      whileImpersonating: true,
      attributes: attributes({ idCompanyUser: text(notBlank, isString, uuid) }),
      nobody: () => signInRefused({}),
      problems: [signInRefused({})],
      async handle({ app, attributes: { idCompanyUser }, bearer: { customer, staff, token }, agent }) {
        const tokens = await switchCompanyUser(app, { customer, staff: staff ?? agent, token }, idCompanyUser);
        return { items: [tokenItem('company-user-access-tokens', tokens)] };
      },
    }),
  ],
});
