import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { type Changes, changesBetween, record } from '../audit/index.ts';
import { holdCustomer } from '../customers/index.ts';
import type { Address, AddressDetails, DefaultWishes } from './address.ts';
import { addressNotFound, tooManyAddresses } from './problems.ts';
import { addressById, claimDefaults, countAddresses, deleteAddress, insertAddress, updateAddress } from './queries.ts';

/** Addresses of one customer: more than anybody keeps, and a list that can still be sent at once. */
const MOST = 1000;

/**
 * Adds an address. The first one becomes the default for everything, and a wished default replaces the one before.
 *
 * @throws {@link tooManyAddresses}
 */
export async function addAddress(
  app: App,
  customerId: string,
  { isDefaultBilling, isDefaultShipping, ...details }: AddressDetails & DefaultWishes,
): Promise<Address> {
  const id = newId();
  return changeAddress(app, customerId, id, { isDefaultBilling, isDefaultShipping }, async (app) => {
    if ((await countAddresses(app.db, customerId)) >= MOST) throw tooManyAddresses({});
    const now = app.now();
    await insertAddress(app.db, { ...details, id, customerId, createdAt: now, updatedAt: now });
    return { action: 'addresses.added', changes: changesBetween({}, details) };
  });
}

/**
 * Changes what is given of an address. It inherits a default that nobody has.
 *
 * @throws {@link addressNotFound}
 */
export async function editAddress(
  app: App,
  customerId: string,
  id: string,
  { isDefaultBilling, isDefaultShipping, ...details }: Partial<AddressDetails> & DefaultWishes,
): Promise<Address> {
  return changeAddress(app, customerId, id, { isDefaultBilling, isDefaultShipping }, async (app) => {
    const before = await addressById(app.db, customerId, id);
    if (!before) throw addressNotFound({});
    const changes = changesBetween<Partial<AddressDetails>>(before, details);
    if (Object.keys(changes).length > 0)
      await updateAddress(app.db, customerId, id, { ...details, updatedAt: app.now() });
    return { action: 'addresses.edited', changes };
  });
}

/**
 * Removes an address. A default that goes with it has no successor until an address is touched again.
 *
 * @throws {@link addressNotFound}
 */
export async function removeAddress(app: App, customerId: string, id: string): Promise<void> {
  await transact(app, async (app) => {
    await holdCustomer(app, customerId);
    if (!(await deleteAddress(app.db, customerId, id))) throw addressNotFound({});
    await record(app, { action: 'addresses.removed', customerId, facts: { address: id } });
  });
}

async function changeAddress(
  app: App,
  customerId: string,
  id: string,
  { isDefaultBilling, isDefaultShipping }: DefaultWishes,
  work: (app: App) => Promise<{ action: string; changes: Changes }>,
): Promise<Address> {
  return transact(app, async (app) => {
    await holdCustomer(app, customerId);
    const { action, changes } = await work(app);
    const wishes = { billing: isDefaultBilling === true, shipping: isDefaultShipping === true };
    const claimed = await claimDefaults(app.db, customerId, id, wishes);
    if (claimed.length > 0 || Object.keys(changes).length > 0) {
      const facts = { address: id, ...(claimed.length > 0 ? { defaultFor: claimed } : {}) };
      await record(app, { action, customerId, facts, changes });
    }
    const after = await addressById(app.db, customerId, id);
    if (!after) throw addressNotFound({});
    return after;
  });
}
