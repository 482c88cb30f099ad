import { z } from 'zod';
import { companyPartNotFound, companyUserNotSet, findUnit, ownUnit } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { notImplemented } from '../wire-problems.ts';
import { askingOf, unitItem } from './company-items.ts';
import { companies, unitAddresses } from './company-relations.ts';

const common = {
  method: 'GET',
  nobody: () => companyUserNotSet({ part: 'unit' }),
  problems: [companyUserNotSet({ part: 'unit' }), companyPartNotFound({ part: 'unit' })],
} as const;

/** Business units of the company that a customer acts for, §11. */
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
      ...common,
      at: 'mine',
      summary: 'The unit one acts for, as a list of one',
      handle: async (ask) => ({ items: [unitItem(await ownUnit(ask.app, askingOf(ask)), true)] }),
    }),
    forCustomers({
      ...common,
      at: 'one',
      summary: 'A unit of the company one acts for',
      handle: async (ask) => ({ items: [unitItem(await findUnit(ask.app, askingOf(ask), ask.id), true)] }),
    }),
    forCustomers({
      ...common,
      at: 'many',
      summary: 'Not implemented: units are read one by one',
      problems: [notImplemented({ what: 'Endpoint' })],
      handle() {
        throw notImplemented({ what: 'Endpoint' });
      },
    }),
  ],
});
