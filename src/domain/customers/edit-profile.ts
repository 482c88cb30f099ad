import { type App, transact } from '../../platform/app.ts';
import { changesBetween, record } from '../audit/index.ts';
import type { Customer, Profile } from './customer.ts';
import { holdCustomer } from './hold.ts';
import { customerNotFound } from './problems.ts';
import { updateCustomer } from './queries.ts';

/**
 * Changes what is given and leaves the rest. The address is not among it: see `requestEmailChange`.
 *
 * @throws {@link customerNotFound}
 */
export async function editProfile(app: App, id: string, profile: Partial<Profile>): Promise<Customer> {
  return transact(app, async (app) => {
    const before = await holdCustomer(app, id);
    const changes = changesBetween<Partial<Profile>>(before, profile);
    if (Object.keys(changes).length === 0) return before;
    const after = await updateCustomer(app.db, id, { ...profile, updatedAt: app.now() });
    if (!after) throw customerNotFound({});
    await record(app, { action: 'customers.edited', customerId: id, changes });
    return after;
  });
}
