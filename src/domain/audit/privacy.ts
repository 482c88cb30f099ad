import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteValues, entriesAbout } from './queries.ts';

/** Entries stay, as proof that something was done; what they say about the person goes. */
export const auditPrivacy: PrivacyHook = {
  name: 'audit',
  tables: ['audit_entry', 'audit_values'],
  export: (app, customerId) => entriesAbout(app.db, customerId),
  anonymize: (app, customerId) => deleteValues(app.db, customerId),
};
