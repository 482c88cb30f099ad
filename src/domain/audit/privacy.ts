import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteValues, entriesAbout } from './queries.ts';

/** Entries stay, as proof that something was done; what they say about the person goes. */
export const auditPrivacy: PrivacyHook = {
  name: 'audit',
  tables: {
    audit_entry: {
      by: { customer_id: 'id' },
      kept: {
        'proof of what was done and who did it': [
          'id',
          'at',
          'action',
          'actor',
          'actor_id',
          'door',
          'network',
          'request_id',
        ],
        'leads to a row without a person': ['customer_id'],
        'states, counts and names of fields; what they held is in audit_values': ['facts'],
      },
    },
    audit_values: { by: { customer_id: 'id' }, personal: ['entry_id', 'customer_id', 'changes'] },
  },
  export: (app, customerId) => entriesAbout(app.db, customerId),
  anonymize: (app, customerId) => deleteValues(app.db, customerId),
};
