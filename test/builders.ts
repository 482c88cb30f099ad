import {
  confirmCustomer,
  type Customer,
  customerByReference,
  type NewCustomer,
  registerCustomer,
} from '../src/domain/customers/index.ts';
import { issueLink } from '../src/domain/links/index.ts';
import type { World } from './app.ts';

let count = 0;

/** A password that every policy accepts. */
export const PASSWORD = 'Correct-Horse-7-Battery';
/** Another. */
export const OTHER_PASSWORD = 'Another-Horse-8-Battery';

/** Somebody who can register; everything but the address is the same each time. */
export function somebody(details: Partial<NewCustomer> = {}): NewCustomer {
  count += 1;
  return {
    email: `ida.noor.${process.pid}.${count}@example.org`,
    password: PASSWORD,
    salutation: 'Ms',
    firstName: 'Ida',
    lastName: 'Noor',
    gender: 'Female',
    locale: 'en_US',
    store: 'DE',
    ...details,
  };
}

/** Attributes with which somebody registers over the API. */
export function registration(details: Partial<NewCustomer> = {}) {
  const { email, password, salutation, firstName, lastName, gender } = somebody(details);
  const both = { password, confirmPassword: password };
  return { email, salutation, firstName, lastName, gender, ...both, acceptedTerms: true };
}

/** Attributes that register with another password and other names than everybody has. */
export const strangersRegistration = (email: string, changes: object = {}) => ({
  ...registration({
    email,
    password: OTHER_PASSWORD,
    gender: 'Male',
    salutation: 'Dr',
    firstName: 'Eva',
    lastName: 'Moor',
  }),
  ...changes,
});

/** Attributes of an address over the API. */
export const berlin = {
  salutation: 'Ms',
  firstName: 'Ida',
  lastName: 'Noor',
  address1: 'Way',
  address2: '1',
  zipCode: '10115',
  city: 'Berlin',
  iso2Code: 'DE',
  isDefaultShipping: true,
  isDefaultBilling: true,
};

/** The token of the newest link that was mailed to an address. */
export async function linkToken(world: World, email: string): Promise<string> {
  const [mail] = await world.mails(email);
  const token = /[?&](?:verification_)?token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  if (!token) throw new Error(`no link was mailed to ${email}`);
  return token;
}

/** A customer who has registered and confirmed. */
export async function activeCustomer(world: World, details: Partial<NewCustomer> = {}): Promise<Customer> {
  const registered = await registerCustomer(world.app, somebody(details));
  // The mail that is waiting finds nobody to confirm any more, which saves composing it.
  await confirmCustomer(world.app, await issueLink(world.app, 'confirm', registered.id));
  const customer = await customerByReference(world.app.db, registered.reference);
  if (!customer) throw new Error('the customer is gone');
  return customer;
}
