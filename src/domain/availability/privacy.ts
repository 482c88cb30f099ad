import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteSubscriptionsOf, exportSubscriptions } from './queries.ts';

export const availabilityPrivacy: PrivacyHook = {
  name: 'availability',
  tables: ['availability_subscription'],
  export: (app, customerId) => exportSubscriptions(app.db, customerId),
  anonymize: (app, customerId) => deleteSubscriptionsOf(app.db, customerId),
};
