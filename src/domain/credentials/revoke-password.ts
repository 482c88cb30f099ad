import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { applyEffects, assertMay, lockCustomer, updateCustomer } from '../customers/index.ts';

/** Disables a customer's password and ends every log-in; a mailed link sets a new one. False when there is no such customer. */
export async function revokePassword(app: App, customerId: string): Promise<boolean> {
  return transact(app, async (app) => {
    const customer = await lockCustomer(app.db, customerId);
    if (!customer) return false;
    assertMay('revoke-password', customer.state);
    const now = app.now();
    await updateCustomer(app.db, customerId, {
      passwordHash: null,
      passwordChangedAt: now,
      accessEndedAt: now,
      updatedAt: now,
    });
    await applyEffects(app, 'revoke-password', customerId);
    await record(app, { action: 'credentials.password-revoked', customerId, facts: { from: customer.state } });
    return true;
  });
}
