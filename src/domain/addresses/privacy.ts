import type { PrivacyHook } from '../../platform/privacy.ts';
import { addressesOf, deleteAddressesOf } from './queries.ts';

export const addressesPrivacy: PrivacyHook = {
  name: 'addresses',
  tables: ['customer_address'],
  export: (app, customerId) => addressesOf(app.db, customerId),
  anonymize: (app, customerId) => deleteAddressesOf(app.db, customerId),
};
