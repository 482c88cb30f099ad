import { z } from 'zod';
import { companyPartNotFound, findUnitAddress } from '../../../domain/companies/index.ts';
import { forCustomers, resource } from '../resource.ts';
import { askingOf, unitAddressItem } from './company-items.ts';
import { notListed } from './not-implemented.ts';

const text = z.string().nullable();

/** Addresses of business units, see docs/glue/companies.md. `mine` is not an address. */
export const companyBusinessUnitAddresses = resource({
  type: 'company-business-unit-addresses',
  shows: z.object({
    address1: text,
    address2: text,
    address3: text,
    zipCode: text,
    city: text,
    phone: text,
    iso2Code: text,
    comment: text,
  }),
  operations: [
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'A unit address of the company one acts for',
      nobody: () => companyPartNotFound({ part: 'unit-address' }),
      problems: [companyPartNotFound({ part: 'unit-address' })],
      handle: async (ask) => ({ items: [unitAddressItem(await findUnitAddress(ask.app, askingOf(ask), ask.id))] }),
    }),
    notListed('Resource', 'Not implemented: addresses are read one by one'),
  ],
});
