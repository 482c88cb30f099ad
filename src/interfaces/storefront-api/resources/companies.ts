import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findCompany, ownCompany } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { notImplemented } from '../wire-problems.ts';
import { askingOf, companyItem } from './company-items.ts';

const common = {
  method: 'GET',
  nobody: () => companyUserNotSet({ part: 'company' }),
  problems: [companyUserNotSet({ part: 'company' }), companyPartNotFound({ part: 'company' })],
} as const;

/** The company that a customer acts for, §11. */
export const companies = resource({
  type: 'companies',
  mine: true,
  shows: z.object({ isActive: z.boolean(), name: z.string(), status: z.enum(['pending', 'approved', 'denied']) }),
  operations: [
    forCustomers({
      ...common,
      at: 'mine',
      summary: 'The company one acts for, as a list of one',
      handle: async (ask) => ({ items: [companyItem(await ownCompany(ask.app, askingOf(ask)))] }),
    }),
    forCustomers({
      ...common,
      at: 'one',
      summary: 'The company one acts for',
      handle: async (ask) => ({ items: [companyItem(await findCompany(ask.app, askingOf(ask), ask.id))] }),
    }),
    forCustomers({
      ...common,
      at: 'many',
      summary: 'Not implemented: nobody lists companies',
      problems: [notImplemented({ what: 'Endpoint' })],
      handle() {
        throw notImplemented({ what: 'Endpoint' });
      },
    }),
  ],
});
