import { z } from 'zod';
import { isActing } from '../../../domain/companies/index.ts';
import { type ContentType, contentTypes } from '../../../domain/guest-access/index.ts';
import { forAgents, forAnyone, forCustomers, type Operation, resource } from '../resource.ts';
import { companyUserMissing, ordersNotYours } from '../wire-problems.ts';
import { askingOf } from './company-items.ts';
import { resourceTypes } from './customer-access.ts';

// Resources of the shop. Here a storefront only finds out whether it may ask for them; whoever may reads an empty list.

interface More {
  parents?: string[];
  content?: ContentType;
  namesGuests?: boolean;
}

const shopsOwn = (type: string, operation: Operation, more: More = {}) =>
  resource({ type, shopsOwn: true, shows: z.object({}), operations: [operation], ...more });

const summary = 'Nothing: it belongs to the shop';
const listing = { method: 'GET', at: 'many', summary } as const;

/** Requires a company user, see docs/glue/companies.md#resources-for-company-users-only. */
const forCompanyUsers = forCustomers({
  ...listing,
  nobody: () => companyUserMissing({}),
  problems: [companyUserMissing({})],
  async handle(ask) {
    if (!(await isActing(ask.app, askingOf(ask)))) throw companyUserMissing({});
    return { items: [] };
  },
});

/** An empty list, or 403 for guests if the shop closed it to them: docs/glue/guests.md#resources-of-the-shop. */
const probes = contentTypes.flatMap((content) =>
  resourceTypes[content].map((type) => {
    const summary = `Nothing: ${type} belong to the shop; guests read whether they might use them`;
    return shopsOwn(type, forAnyone({ ...listing, summary, handle: () => ({ items: [] }) }), {
      content,
      namesGuests: type === 'guest-cart-items',
    });
  }),
);

export const shopsOwnResources = [
  ...probes,
  shopsOwn('carts', forCustomers({ ...listing, own: ordersNotYours, handle: () => ({ items: [] }) }), {
    parents: ['customers'],
  }),
  shopsOwn('guest-carts', forAnyone({ ...listing, handle: () => ({ items: [] }) }), { namesGuests: true }),
  shopsOwn('shopping-lists', forCompanyUsers),
  shopsOwn('quote-requests', forCompanyUsers),
  shopsOwn('agent-quote-requests', forAgents({ ...listing, handle: () => ({ items: [] }) })),
];
