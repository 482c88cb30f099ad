import type { PrivacyHook } from '../../platform/privacy.ts';
import { customerById } from '../customers/index.ts';
import { deleteSubscriptionsOf, exportSubscriptions } from './queries.ts';

/** Runs before the customer's own hook, which forgets the address. */
export const availabilityPrivacy: PrivacyHook = {
  name: 'availability',
  tables: {
    availability_subscription: {
      by: { email_key: 'emailKey' },
      personal: ['key', 'number', 'sku', 'email', 'email_key', 'customer_id', 'store', 'locale', 'created_at'],
    },
  },
  async export(app, customerId) {
    const customer = await customerById(app.db, customerId);
    return customer ? exportSubscriptions(app.db, customer) : [];
  },
  async anonymize(app, customerId) {
    const customer = await customerById(app.db, customerId);
    if (customer) await deleteSubscriptionsOf(app.db, customer);
  },
};
