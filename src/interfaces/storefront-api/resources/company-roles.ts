import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findRole, ownRoles } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { askingOf, roleItem } from './company-items.ts';
import { companies } from './company-relations.ts';
import { notListed } from './not-implemented.ts';

const notSet = () => companyUserNotSet({ part: 'role' });
const notFound = () => companyPartNotFound({ part: 'role' });

/** Roles of the company that a customer acts for, see docs/glue/companies.md. */
export const companyRoles = resource({
  type: 'company-roles',
  mine: true,
  shows: z.object({ name: z.string(), isDefault: z.boolean() }),
  relations: { companies },
  operations: [
    forCustomers({
      method: 'GET',
      at: 'mine',
      summary: 'The roles one acts with',
      nobody: notSet,
      problems: [notSet()],
      handle: async (ask) => ({ items: (await ownRoles(ask.app, askingOf(ask))).map((role) => roleItem(role, true)) }),
    }),
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'A role of the company one acts for',
      nobody: notFound,
      problems: [notFound()],
      handle: async (ask) => ({ items: [roleItem(await findRole(ask.app, askingOf(ask), ask.id), true)] }),
    }),
    notListed('Resource', 'Not implemented: roles are read one by one'),
  ],
});
