import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import type { Customer } from './customer.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import { customerNotFound } from './problems.ts';
import { lockCustomer as holdCustomer, updateCustomer } from './queries.ts';

/**
 * Closes an account until staff open it again; every way in ends at once.
 *
 * @throws {@link customerNotFound}, {@link transitionRefused} when it is closed already.
 */
export const lockAccount = (app: App, id: string): Promise<Customer> => change(app, id, 'lock');

/** Opens an account that staff closed; it is what it was before. */
export const unlockAccount = (app: App, id: string): Promise<Customer> => change(app, id, 'unlock');

async function change(app: App, id: string, event: 'lock' | 'unlock'): Promise<Customer> {
  return transact(app, async (app) => {
    const before = await holdCustomer(app.db, id);
    if (!before) throw customerNotFound({});
    assertMay(event, before.state);
    const now = app.now();
    const after = await updateCustomer(
      app.db,
      id,
      event === 'lock' ? { lockedAt: now, accessEndedAt: now, updatedAt: now } : { lockedAt: null, updatedAt: now },
    );
    if (!after) throw customerNotFound({});
    await applyEffects(app, event, id);
    await record(app, {
      action: `customers.${event}ed`,
      customerId: id,
      facts: { from: before.state, to: after.state },
    });
    return after;
  });
}
