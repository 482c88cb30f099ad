import type { PrivacyHook } from '../../platform/privacy.ts';
import { addressesOf, deleteAddressesOf } from './queries.ts';

export const addressesPrivacy: PrivacyHook = {
  name: 'addresses',
  tables: {
    customer_address: {
      by: { customer_id: 'id' },
      personal: [
        'customer_id',
        'id',
        'number',
        'salutation',
        'first_name',
        'last_name',
        'company',
        'address1',
        'address2',
        'address3',
        'zip_code',
        'city',
        'region',
        'country',
        'phone',
        'comment',
        'is_default_billing',
        'is_default_shipping',
        'created_at',
        'updated_at',
      ],
    },
  },
  export: (app, customerId) => addressesOf(app.db, customerId),
  anonymize: (app, customerId) => deleteAddressesOf(app.db, customerId),
};
