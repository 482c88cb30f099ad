import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteTokensOf, tokensOf } from './queries.ts';

export const tokensPrivacy: PrivacyHook = {
  name: 'tokens',
  tables: ['refresh_token'],
  export: (app, customerId) => tokensOf(app.db, customerId),
  anonymize: (app, customerId) => deleteTokensOf(app.db, customerId),
};
