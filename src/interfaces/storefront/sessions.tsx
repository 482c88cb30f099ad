import { endSessionById } from '../../domain/sessions/index.ts';
import type { Page } from './visit.ts';

/** Ends one of the customer's other log-ins; the list stands on the overview. */
export const endSessionPage: Page = {
  path: '/customer/sessions',
  forms: ['sessionForm'],
  secured: true,

  get: (visit) => visit.redirect('/customer/overview'),

  async post(visit) {
    const { app, visitor, typed } = visit;
    if (visitor) await endSessionById(app, visitor.customer.id, typed?.('id') ?? '');
    return visit.redirect('/customer/overview', { kind: 'success', message: 'customer.sessions.ended' });
  },
};
