import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteDevicesOf, deleteSessionsOf, sessionsOf } from './queries.ts';

export const sessionsPrivacy: PrivacyHook = {
  name: 'sessions',
  tables: ['session', 'known_device'],
  export: (app, customerId) => sessionsOf(app.db, customerId),
  async anonymize(app, customerId) {
    await deleteSessionsOf(app.db, customerId);
    await deleteDevicesOf(app.db, customerId);
  },
};
