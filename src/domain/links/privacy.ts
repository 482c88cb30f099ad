import type { PrivacyHook } from '../../platform/privacy.ts';
import { deleteLinksOf, linksOf } from './queries.ts';

export const linksPrivacy: PrivacyHook = {
  name: 'links',
  tables: ['link'],
  export: (app, customerId) => linksOf(app.db, customerId),
  anonymize: (app, customerId) => deleteLinksOf(app.db, customerId),
};
