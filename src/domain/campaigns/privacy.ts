import type { PrivacyHook } from '../../platform/privacy.ts';
import { campaignsOf, deleteRecipientsOf } from './queries.ts';

export const campaignsPrivacy: PrivacyHook = {
  name: 'campaigns',
  tables: ['campaign_recipient'],
  export: (app, customerId) => campaignsOf(app.db, customerId),
  anonymize: (app, customerId) => deleteRecipientsOf(app.db, customerId),
};
