import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteDevicesOf, deleteSessionsOf, sessionsOf } from './queries.ts';

export const sessionsPrivacy: PrivacyHook = {
  name: 'sessions',
  tables: {
    session: {
      by: { customer_id: 'id' },
      personal: [
        'id',
        'token_hash',
        'customer_id',
        'remembered',
        'user_agent',
        'network',
        'created_at',
        'last_seen_at',
        'expires_at',
      ],
    },
    known_device: { by: { customer_id: 'id' }, personal: ['token_hash', 'customer_id', 'last_used_at'] },
  },
  export: (app, customerId) => sessionsOf(app.db, customerId),
  async anonymize(app, customerId) {
    await deleteSessionsOf(app.db, customerId);
    await deleteDevicesOf(app.db, customerId);
  },
};
