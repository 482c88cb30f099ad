import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findUnit, ownUnit } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { askingOf, unitItem } from './company-items.ts';
import { companies, unitAddresses } from './company-relations.ts';
import { notListed } from './not-implemented.ts';

const notSet = () => companyUserNotSet({ part: 'unit' });
const notFound = () => companyPartNotFound({ part: 'unit' });

/** Business units of the company that a customer acts for, see docs/glue/companies.md. */
export const companyBusinessUnits = resource({
  type: 'company-business-units',
  mine: true,
  shows: z.object({
    name: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    externalUrl: z.string().nullable(),
    bic: z.string().nullable(),
    iban: z.string().nullable(),
    defaultBillingAddress: z.uuid().nullable(),
  }),
  relations: { companies, 'company-business-unit-addresses': unitAddresses },
  operations: [
    forCustomers({
      method: 'GET',
      at: 'mine',
      summary: 'The unit one acts for, as a list of one',
      nobody: notSet,
      problems: [notSet()],
      handle: async (ask) => ({ items: [unitItem(await ownUnit(ask.app, askingOf(ask)), true)] }),
    }),
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'A unit of the company one acts for',
      nobody: notFound,
      problems: [notFound()],
      handle: async (ask) => ({ items: [unitItem(await findUnit(ask.app, askingOf(ask), ask.id), true)] }),
    }),
    notListed('Endpoint', 'Not implemented: units are read one by one'),
  ],
});
