import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteCompanyUsersOf, exportCompanyUsers } from './queries.ts';

/** Whoever is erased works for nobody any more. The company and what it is reached by stay. */
export const companiesPrivacy: PrivacyHook = {
  name: 'companies',
  tables: {
    company_user: {
      by: { customer_id: 'id' },
      personal: [
        'id',
        'number',
        'company_id',
        'customer_id',
        'unit_id',
        'key',
        'is_active',
        'is_default',
        'created_at',
      ],
    },
    company_user_role: { personal: ['company_id', 'user_id', 'role_id'] },
  },
  export: (app, customerId) => exportCompanyUsers(app.db, customerId),
  anonymize: (app, customerId) => deleteCompanyUsersOf(app.db, customerId),
};
