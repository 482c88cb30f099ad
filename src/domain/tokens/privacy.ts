import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteTokensOf, tokensOf } from './queries.ts';

export const tokensPrivacy: PrivacyHook = {
  name: 'tokens',
  tables: {
    refresh_token: {
      by: { customer_id: 'id' },
      personal: [
        'token_hash',
        'family_id',
        'customer_id',
        'staff_id',
        'company_user_id',
        'client',
        'scopes',
        'created_at',
        'expires_at',
        'used_at',
        'revoked_at',
      ],
    },
  },
  export: (app, customerId) => tokensOf(app.db, customerId),
  anonymize: (app, customerId) => deleteTokensOf(app.db, customerId),
};
