import type { PrivacyHook } from '../../platform/privacy.ts';
import { campaignsOf, deleteRecipientsOf } from './queries.ts';

export const campaignsPrivacy: PrivacyHook = {
  name: 'campaigns',
  tables: {
    campaign_recipient: {
      by: { customer_id: 'id' },
      personal: ['campaign_id', 'customer_id', 'state', 'claimed_by', 'claimed_at'],
    },
  },
  export: (app, customerId) => campaignsOf(app.db, customerId),
  anonymize: (app, customerId) => deleteRecipientsOf(app.db, customerId),
};
