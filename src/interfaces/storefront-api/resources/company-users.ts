import { z } from 'zod';
import {
  actingCompanyUsersOf,
  companyForeign,
  companyPartNotFound,
  companyUserNotSet,
  findColleague,
  listColleagues,
  permissionMissing,
} from '../../../domain/companies/index.ts';
import { everything } from '../../../platform/database/page.ts';
import { forCustomers, resource } from '../resource.ts';
import { askingOf, companyUserItem } from './company-items.ts';
import { companies, customers, roles, units } from './company-relations.ts';

const UNIT = 'filter[company-business-units.id]';
const ROLE = 'filter[company-roles.id]';

const common = { method: 'GET', nobody: () => companyUserNotSet({ part: 'user' }) } as const;

/** A customer's company users and their colleagues, see docs/glue/companies.md#company-users. */
export const companyUsers = resource({
  type: 'company-users',
  mine: true,
  shows: z.object({ isActive: z.boolean(), isDefault: z.boolean() }),
  relations: { customers, companies, 'company-business-units': units, 'company-roles': roles },
  operations: [
    forCustomers({
      ...common,
      at: 'mine',
      summary: 'Every company user the customer may act as; none has to be chosen for it',
      handle: async ({ app, bearer }) => ({
        items: (await actingCompanyUsersOf(app.db, bearer.customer.id)).map(companyUserItem),
      }),
    }),
    forCustomers({
      ...common,
      at: 'many',
      summary: 'Colleagues, active or not',
      paged: true,
      problems: [companyUserNotSet({ part: 'user' }), permissionMissing({})],
      query: { [UNIT]: 'Only those of a business unit', [ROLE]: 'Only those with a role' },
      async handle(ask) {
        const { app, query, page = everything } = ask;
        const filter = { unitId: query.get(UNIT) ?? undefined, roleId: query.get(ROLE) ?? undefined, ...page };
        const { items, total } = await listColleagues(app, askingOf(ask), filter);
        return { items: items.map(companyUserItem), total };
      },
    }),
    forCustomers({
      ...common,
      at: 'one',
      summary: 'A colleague',
      problems: [
        companyUserNotSet({ part: 'user' }),
        permissionMissing({}),
        companyPartNotFound({ part: 'user' }),
        companyForeign({}),
      ],
      handle: async (ask) => ({ items: [companyUserItem(await findColleague(ask.app, askingOf(ask), ask.id))] }),
    }),
  ],
});
