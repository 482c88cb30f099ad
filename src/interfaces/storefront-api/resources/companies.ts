import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findCompany, ownCompany } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { askingOf, companyItem } from './company-items.ts';
import { notListed } from './not-implemented.ts';

const notSet = () => companyUserNotSet({ part: 'company' });
const notFound = () => companyPartNotFound({ part: 'company' });

/** The company that a customer acts for, see docs/glue/companies.md. */
export const companies = resource({
  type: 'companies',
  mine: true,
  shows: z.object({ isActive: z.boolean(), name: z.string(), status: z.enum(['pending', 'approved', 'denied']) }),
  operations: [
    forCustomers({
      method: 'GET',
      at: 'mine',
      summary: 'The company one acts for, as a list of one',
      nobody: notSet,
      problems: [notSet()],
      handle: async (ask) => ({ items: [companyItem(await ownCompany(ask.app, askingOf(ask)))] }),
    }),
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'The company one acts for',
      nobody: notFound,
      problems: [notFound()],
      handle: async (ask) => ({ items: [companyItem(await findCompany(ask.app, askingOf(ask), ask.id))] }),
    }),
    notListed('Endpoint', 'Not implemented: nobody lists companies'),
  ],
});
