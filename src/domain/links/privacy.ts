import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteLinksOf, linksOf } from './queries.ts';

export const linksPrivacy: PrivacyHook = {
  name: 'links',
  tables: {
    link: {
      by: { customer_id: 'id' },
      personal: ['token_hash', 'kind', 'customer_id', 'email', 'created_at', 'expires_at'],
      derived: ['slot'],
    },
  },
  export: (app, customerId) => linksOf(app.db, customerId),
  anonymize: (app, customerId) => deleteLinksOf(app.db, customerId),
};
