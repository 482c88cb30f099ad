import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { changesBetween, record } from '../audit/index.ts';
import { customerNotFound, lockCustomer } from '../customers/index.ts';
import type { Address, AddressDetails, DefaultWishes } from './address.ts';
import { addressNotFound } from './problems.ts';
import { addressById, claimDefaults, deleteAddress, insertAddress, updateAddress } from './queries.ts';

/** Adds an address. The first one becomes the default for everything, and a wished default replaces the one before. */
export async function addAddress(
  app: App,
  customerId: string,
  { isDefaultBilling, isDefaultShipping, ...details }: AddressDetails & DefaultWishes,
): Promise<Address> {
  const id = newId();
  return changeAddress(app, customerId, id, { isDefaultBilling, isDefaultShipping }, async (app) => {
    const now = app.now();
    await insertAddress(app.db, { ...details, id, customerId, createdAt: now, updatedAt: now });
    await record(app, {
      action: 'addresses.added',
      customerId,
      facts: { address: id },
      changes: changesBetween({}, details),
    });
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
    if (Object.keys(changes).length === 0) return;
    await updateAddress(app.db, customerId, id, { ...details, updatedAt: app.now() });
    await record(app, { action: 'addresses.edited', customerId, facts: { address: id }, changes });
  });
}

/**
 * Removes an address. A default that goes with it has no successor until an address is touched again.
 *
 * @throws {@link addressNotFound}
 */
export async function removeAddress(app: App, customerId: string, id: string): Promise<void> {
  await transact(app, async (app) => {
    if (!(await deleteAddress(app.db, customerId, id))) throw addressNotFound({});
    await record(app, { action: 'addresses.removed', customerId, facts: { address: id } });
  });
}

async function changeAddress(
  app: App,
  customerId: string,
  id: string,
  { isDefaultBilling, isDefaultShipping }: DefaultWishes,
  work: (app: App) => Promise<void>,
): Promise<Address> {
  return transact(app, async (app) => {
    if (!(await lockCustomer(app.db, customerId))) throw customerNotFound({});
    await work(app);
    const wishes = { billing: isDefaultBilling === true, shipping: isDefaultShipping === true };
    await claimDefaults(app.db, customerId, id, wishes);
    const after = await addressById(app.db, customerId, id);
    if (!after) throw addressNotFound({});
    return after;
  });
}
