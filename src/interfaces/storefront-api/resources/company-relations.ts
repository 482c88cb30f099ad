import { z } from 'zod';
import { addressesOfUnits, companiesByIds, rolesOfUsers, unitsByIds } from '../../../domain/companies/index.ts';
import { shoppersByIds } from '../../../domain/customers/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Item, Relation } from '../resource.ts';
import { companyItem, roleItem, unitAddressItem, unitItem } from './company-items.ts';
import { customerItem } from './customers.ts';

const OfCompany = z.object({ companyId: z.string() });
const OfCustomer = z.object({ customerId: z.string() });
const OfUnit = z.object({ unitId: z.string() });
const WithId = z.object({ id: z.string() });

/** Loads by ids found in the items' sources. */
function related<Found>(
  idOf: (source: object) => string | undefined,
  load: (app: App, ids: readonly string[]) => Promise<readonly Found[]>,
  ownerOf: (found: Found) => string,
  toItem: (found: Found) => Item,
): Relation {
  return async (app, items) => {
    const ids = items.map(({ source = {} }) => idOf(source));
    const wanted = [...new Set(ids.filter((id) => id !== undefined))];
    const found = Map.groupBy(wanted.length > 0 ? await load(app, wanted) : [], ownerOf);
    return ids.map((id) => (id === undefined ? [] : (found.get(id) ?? []).map(toItem)));
  };
}

/** The company of a user, unit or role. */
export const companies = related(
  (source) => OfCompany.parse(source).companyId,
  (app, ids) => companiesByIds(app.db, ids),
  ({ id }) => id,
  companyItem,
);

/** The customer whom a company user is. Included customers show no addresses: those are nobody else's business. */
export const customers = related(
  (source) => OfCustomer.parse(source).customerId,
  (app, ids) => shoppersByIds(app.db, ids),
  ({ id }) => id,
  (customer) => {
    const { type, id, attributes } = customerItem(customer);
    return { type, id, attributes };
  },
);

/** The unit a company user works for. */
export const units = related(
  (source) => OfUnit.safeParse(source).data?.unitId,
  (app, ids) => unitsByIds(app.db, ids),
  ({ id }) => id,
  (unit) => unitItem(unit),
);

/** The roles of a company user. */
export const roles = related(
  (source) => WithId.parse(source).id,
  (app, ids) => rolesOfUsers(app.db, ids),
  ({ userId }) => userId,
  (role) => roleItem(role),
);

/** The addresses of a unit. */
export const unitAddresses = related(
  (source) => WithId.parse(source).id,
  (app, ids) => addressesOfUnits(app.db, ids),
  ({ unitId }) => unitId,
  unitAddressItem,
);
