import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { changesBetween, entryJson, type Happening } from '../audit/index.ts';
import { changeAtOnce } from '../customers/index.ts';
import type { Address, AddressDetails, DefaultWishes } from './address.ts';
import { addressNotFound, tooManyAddresses } from './problems.ts';
import { addressById, type Change, deleteAddress, insertAddress, updateAddress, type Wishes } from './queries.ts';

/**
 * Addresses of one customer: more than anybody keeps, and a list that can still be sent at once. Added at the same moment, a
 * few more may be stored.
 */
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
  const wishes = { ...wishesOf({ isDefaultBilling, isDefaultShipping }), most: MOST };
  const added = await changeAtOnce(app, customerId, (app) => {
    const change = changeOf(app, { action: 'addresses.added', customerId, changes: changesBetween({}, details) }, id);
    return insertAddress(app.db, { ...details, id }, wishes, change);
  });
  if (!added) throw tooManyAddresses({});
  return added;
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
  const wishes = wishesOf({ isDefaultBilling, isDefaultShipping });
  const edited = await changeAtOnce(app, customerId, async (app) => {
    const before = await addressById(app.db, customerId, id);
    if (!before) return undefined;
    const changes = changesBetween<Partial<AddressDetails>>(before, details);
    const change = changeOf(app, { action: 'addresses.edited', customerId, changes }, id);
    return updateAddress(app.db, id, changes, wishes, change);
  });
  if (!edited) throw addressNotFound({});
  return edited;
}

/**
 * Removes an address. A default that goes with it has no successor until an address is touched again.
 *
 * @throws {@link addressNotFound}
 */
export async function removeAddress(app: App, customerId: string, id: string): Promise<void> {
  const removed = await changeAtOnce(app, customerId, async (app) => {
    const change = changeOf(app, { action: 'addresses.removed', customerId }, id);
    return (await deleteAddress(app.db, id, change)) || undefined;
  });
  if (!removed) throw addressNotFound({});
}

const wishesOf = ({ isDefaultBilling, isDefaultShipping }: DefaultWishes): Wishes => ({
  billing: isDefaultBilling === true,
  shipping: isDefaultShipping === true,
});

const changeOf = (app: App, happening: Happening & { customerId: string }, address: string): Change => ({
  customerId: happening.customerId,
  issuedAt: app.origin.issuedAt ?? null,
  now: app.now(),
  entry: entryJson(app, { ...happening, facts: { address } }),
});
