import { z } from 'zod';
import { type Address, addressesByCustomer, countryName } from '../../../domain/addresses/index.ts';
import type { Item, Relation } from '../resource.ts';

export const AddressAttributes = z.object({
  salutation: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  address1: z.string().nullable().describe('Street'),
  address2: z.string().nullable().describe('House number'),
  address3: z.string().nullable(),
  zipCode: z.string().nullable(),
  city: z.string().nullable(),
  country: z.string().describe('Name of the country, in English'),
  iso2Code: z.string(),
  company: z.string().nullable(),
  phone: z.string().nullable(),
  isDefaultShipping: z.boolean(),
  isDefaultBilling: z.boolean(),
});

/** An address below its customer, see docs/glue/addresses.md. */
export const addressItem = (reference: string, { id, country, ...address }: Address): Item => ({
  type: 'addresses',
  id,
  path: `/customers/${reference}/addresses/${id}`,
  attributes: {
    salutation: address.salutation,
    firstName: address.firstName,
    lastName: address.lastName,
    address1: address.address1,
    address2: address.address2,
    address3: address.address3,
    zipCode: address.zipCode,
    city: address.city,
    country: countryName(country, 'en_US'),
    iso2Code: country,
    company: address.company,
    phone: address.phone,
    isDefaultShipping: address.isDefaultShipping,
    isDefaultBilling: address.isDefaultBilling,
  },
});

const Source = z.object({ id: z.string(), reference: z.string() });

/** `customers?include=addresses` */
export const addressesOfCustomers: Relation = async (app, items) => {
  const customers = items.map(({ source }) => Source.parse(source));
  const found = await addressesByCustomer(
    app.db,
    customers.map(({ id }) => id),
  );
  return customers.map(({ id, reference }) => (found.get(id) ?? []).map((address) => addressItem(reference, address)));
};
