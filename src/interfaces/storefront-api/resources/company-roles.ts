import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findRole, ownRoles } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { notImplemented } from '../wire-problems.ts';
import { askingOf, roleItem } from './company-items.ts';
import { companies } from './company-relations.ts';

const common = {
  method: 'GET',
  nobody: () => companyUserNotSet({ part: 'role' }),
  problems: [companyUserNotSet({ part: 'role' }), companyPartNotFound({ part: 'role' })],
} as const;

/** Roles of the company that a customer acts for, §11. */
export const companyRoles = resource({
  type: 'company-roles',
  mine: true,
  shows: z.object({ name: z.string(), isDefault: z.boolean() }),
  relations: { companies },
  operations: [
    forCustomers({
      ...common,
      at: 'mine',
      summary: 'The roles one acts with',
      handle: async (ask) => ({ items: (await ownRoles(ask.app, askingOf(ask))).map((role) => roleItem(role, true)) }),
    }),
    forCustomers({
      ...common,
      at: 'one',
      summary: 'A role of the company one acts for',
      handle: async (ask) => ({ items: [roleItem(await findRole(ask.app, askingOf(ask), ask.id), true)] }),
    }),
    forCustomers({
      ...common,
      at: 'many',
      summary: 'Not implemented: roles are read one by one',
      problems: [notImplemented({ what: 'Resource' })],
      handle() {
        throw notImplemented({ what: 'Resource' });
      },
    }),
  ],
});
