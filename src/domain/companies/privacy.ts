import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteCompanyUsersOf, exportCompanyUsers } from './queries.ts';

/** Whoever is erased works for nobody any more. The company and what it is reached by stay. */
export const companiesPrivacy: PrivacyHook = {
  name: 'companies',
  tables: ['company_user'],
  export: (app, customerId) => exportCompanyUsers(app.db, customerId),
  anonymize: (app, customerId) => deleteCompanyUsersOf(app.db, customerId),
};
