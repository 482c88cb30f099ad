import type { PrivacyHook } from '../../platform/privacy.ts';
import { codesOf, deleteCodesOf } from './queries.ts';

export const codesPrivacy: PrivacyHook = {
  name: 'codes',
  tables: ['one_time_code'],
  export: (app, customerId) => codesOf(app.db, customerId),
  anonymize: (app, customerId) => deleteCodesOf(app.db, customerId),
};
