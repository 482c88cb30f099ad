import { z } from 'zod';
import { recipientName } from '../../platform/mail/recipient-name.ts';
import { isBlank, isLonger } from '../../platform/text.ts';

export { emailKey, isEmail, normalizeEmail } from '../../platform/mail/address.ts';

export const salutations = ['Mr', 'Mrs', 'Ms', 'Dr', 'n/a'] as const;
export const genders = ['Male', 'Female'] as const;

/** Longest e-mail address a customer may have; the column holds 255 for the sake of older data. */
export const EMAIL_MAX = 100;

/** Longest first or last name, in characters of any script. */
export const NAME_MAX = 100;

/** One to a hundred characters of any script, one of which can be seen; the excluded ones are those that make links and mark-up. */
export const Name = z
  .string()
  .trim()
  .refine((name) => !isBlank(name) && !isLonger(name, NAME_MAX))
  .regex(/^[^:/<>\p{Cc}]+$/u);

export const states = ['invited', 'unverified', 'active', 'locked', 'anonymized'] as const;
export type CustomerState = (typeof states)[number];

/** A customer as everybody may see it who may see them at all. Secrets are not in this type. */
export interface Customer {
  id: string;
  /** Integer of older systems; `id_customer` of access tokens. */
  number: number;
  reference: string;
  email: string;
  salutation: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  gender: string | null;
  /** YYYY-MM-DD. */
  dateOfBirth: string | null;
  phone: string | null;
  locale: string;
  store: string | null;
  newsletter: boolean;
  state: CustomerState;
  verifiedAt: Date | null;
  passwordChangedAt: Date | null;
  /** Access tokens issued up to then are void: the password was changed, or the account locked. */
  accessEndedAt: Date | null;
  lastSignInAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What the Storefront API needs of a customer on every request; each further column costs there. */
export type Shopper = Pick<
  Customer,
  | 'id'
  | 'number'
  | 'reference'
  | 'email'
  | 'salutation'
  | 'firstName'
  | 'lastName'
  | 'gender'
  | 'dateOfBirth'
  | 'state'
  | 'accessEndedAt'
  | 'createdAt'
  | 'updatedAt'
>;

/** What registration asks for. */
export interface NewCustomer {
  email: string;
  password: string;
  salutation: string | null;
  firstName: string;
  lastName: string;
  gender?: string | null;
  dateOfBirth?: string | null;
  locale: string;
  store: string;
}

/** What customers may change about themselves at once; the address takes a link. */
export type Profile = Pick<
  Customer,
  'salutation' | 'firstName' | 'lastName' | 'company' | 'gender' | 'dateOfBirth' | 'phone' | 'locale' | 'newsletter'
>;

export const fullName = ({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string =>
  [firstName, lastName].filter(Boolean).join(' ');

/** Recipient of an email, with language; without the name if that may not stand in an email. */
export const recipient = (customer: Pick<Customer, 'firstName' | 'lastName' | 'email' | 'locale'>) => ({
  name: recipientName(fullName(customer)),
  address: customer.email,
  locale: customer.locale,
});

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a text is a day of the calendar, YYYY-MM-DD. Arithmetic rather than `Date`: imports ask a million times. */
export function isDay(text: string): boolean {
  const [, years, months, days] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return year > 0 && day > 0 && day <= (month === 2 && leap ? 29 : (daysInMonth[month - 1] ?? 0));
}
