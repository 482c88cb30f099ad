import {
  addAddress,
  addressById,
  addressesOf,
  type AddressDetails,
  addressNotFound,
  editAddress,
  removeAddress,
  tooManyAddresses,
} from '../../../domain/addresses/index.ts';
import { isUuid } from '../../../platform/id.ts';
import { forCustomers, noContent, resource } from '../resource.ts';
import {
  atLeast,
  atMost,
  attributes,
  choice,
  country,
  flag,
  isBool,
  isString,
  notBlank,
  optional,
  text,
  visible,
} from '../rules.ts';
import { notYours } from '../wire-problems.ts';
import { AddressAttributes, addressItem } from './address-item.ts';

const name = text(notBlank, visible, atMost(100));
const line = text(notBlank, visible, atMost(255));
const free = optional(text(isString, atMost(255)));

const required = {
  salutation: text(notBlank, choice('Mr', 'Mrs', 'Ms', 'Dr')),
  firstName: name,
  lastName: name,
  address1: line,
  address2: line,
  address3: free,
  zipCode: text(notBlank, visible, atMost(15)),
  city: text(notBlank, visible, atLeast(3), atMost(255)),
  iso2Code: text(notBlank, atMost(2), country),
  company: free,
  phone: free,
  isDefaultShipping: flag(isBool),
  isDefaultBilling: flag(isBool),
};

const changes = {
  ...required,
  salutation: optional(required.salutation),
  firstName: optional(required.firstName),
  lastName: optional(required.lastName),
  address1: optional(required.address1),
  address2: optional(required.address2),
  zipCode: optional(required.zipCode),
  city: optional(required.city),
  iso2Code: optional(required.iso2Code),
  isDefaultShipping: optional(required.isDefaultShipping),
  isDefaultBilling: optional(required.isDefaultBilling),
};

/** Addresses of a customer. The first becomes the default, see docs/glue/addresses.md#default-addresses. */
export const addresses = resource({
  type: 'addresses',
  parents: ['customers'],
  mfa: true,
  shows: AddressAttributes,
  operations: [
    forCustomers({
      own: notYours,
      method: 'GET',
      at: 'many',
      summary: 'The addresses of the customer',
      async handle({ app, bearer: { customer } }) {
        const found = await addressesOf(app.db, customer.id);
        return { items: found.map((address) => addressItem(customer.reference, address)) };
      },
    }),
    forCustomers({
      own: notYours,
      method: 'GET',
      at: 'one',
      summary: 'One address',
      problems: [addressNotFound({})],
      async handle({ app, id, bearer: { customer } }) {
        const address = isUuid(id) ? await addressById(app.db, customer.id, id) : undefined;
        if (!address) throw addressNotFound({});
        return { items: [addressItem(customer.reference, address)] };
      },
    }),
    forCustomers({
      own: notYours,
      method: 'POST',
      summary: 'Add an address',
      whileImpersonating: true,
      attributes: attributes(required),
      problems: [tooManyAddresses({})],
      async handle({ app, attributes: { iso2Code, ...given }, bearer: { customer } }) {
        const { address3 = null, company = null, phone = null } = given;
        const details = {
          ...given,
          address3,
          company,
          phone,
          country: iso2Code.toUpperCase(),
          region: null,
          comment: null,
        };
        return { items: [addressItem(customer.reference, await addAddress(app, customer.id, details))] };
      },
    }),
    forCustomers({
      own: notYours,
      method: 'PATCH',
      summary: 'Change what is given of an address',
      whileImpersonating: true,
      attributes: attributes(changes),
      problems: [addressNotFound({})],
      async handle({ app, id, attributes: { iso2Code, ...given }, bearer: { customer } }) {
        if (!isUuid(id)) throw addressNotFound({});
        const details: Partial<AddressDetails> = sent({ ...given, country: iso2Code?.toUpperCase() });
        return { items: [addressItem(customer.reference, await editAddress(app, customer.id, id, details))] };
      },
    }),
    forCustomers({
      own: notYours,
      method: 'DELETE',
      summary: 'Remove an address',
      whileImpersonating: true,
      silent: true,
      problems: [addressNotFound({})],
      async handle({ app, id, bearer: { customer } }) {
        if (!isUuid(id)) throw addressNotFound({});
        await removeAddress(app, customer.id, id);
        return noContent;
      },
    }),
  ],
});

/** Only what the request said. */
const sent = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
