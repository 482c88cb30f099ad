import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteMethodsOf, methodsOf } from './queries.ts';

export const mfaPrivacy: PrivacyHook = {
  name: 'mfa',
  tables: {
    mfa_method: { by: { owner_id: 'id' }, personal: ['owner_id', 'type', 'state', 'created_at', 'activated_at'] },
  },
  export: (app, customerId) => methodsOf(app.db, customerId),
  anonymize: (app, customerId) => deleteMethodsOf(app.db, customerId),
};
