import { z } from 'zod';
import { isActing } from '../../../domain/companies/index.ts';
import { forAgents, forAnyone, forCustomers, type Operation, resource } from '../resource.ts';
import { companyUserMissing, ordersNotYours } from '../wire-problems.ts';
import { askingOf } from './company-items.ts';

// Resources of the shop. Here a storefront only finds out whether it may ask for them; whoever may reads an empty list.

const shopsOwn = (type: string, operation: Operation, more: { parents?: string[]; namesGuests?: boolean } = {}) =>
  resource({ type, shopsOwn: true, shows: z.object({}), operations: [operation], ...more });

const summary = 'Nothing: it belongs to the shop';
const listing = { method: 'GET', at: 'many', summary } as const;

/** For whoever acts for a company, §11.4. */
const forCompanyUsers = forCustomers({
  ...listing,
  nobody: () => companyUserMissing({}),
  problems: [companyUserMissing({})],
  async handle(ask) {
    if (!(await isActing(ask.app, askingOf(ask)))) throw companyUserMissing({});
    return { items: [] };
  },
});

export const shopsOwnResources = [
  shopsOwn('carts', forCustomers({ ...listing, own: ordersNotYours, handle: () => ({ items: [] }) }), {
    parents: ['customers'],
  }),
  shopsOwn('guest-carts', forAnyone({ ...listing, handle: () => ({ items: [] }) }), { namesGuests: true }),
  shopsOwn('shopping-lists', forCompanyUsers),
  shopsOwn('quote-requests', forCompanyUsers),
  shopsOwn('agent-quote-requests', forAgents({ ...listing, handle: () => ({ items: [] }) })),
];
