import type { PrivacyHook } from '../../platform/privacy.ts';
import { codesOf, deleteCodesOf } from './queries.ts';

export const codesPrivacy: PrivacyHook = {
  name: 'codes',
  tables: {
    one_time_code: {
      by: { owner_id: 'id' },
      personal: ['owner_id', 'purpose', 'code_hash', 'attempts', 'verified_at', 'created_at', 'expires_at'],
    },
  },
  export: (app, customerId) => codesOf(app.db, customerId),
  anonymize: (app, customerId) => deleteCodesOf(app.db, customerId),
};
