import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteMethodsOf, methodsOf } from './queries.ts';

export const mfaPrivacy: PrivacyHook = {
  name: 'mfa',
  tables: ['mfa_method'],
  export: (app, customerId) => methodsOf(app.db, customerId),
  anonymize: (app, customerId) => deleteMethodsOf(app.db, customerId),
};
