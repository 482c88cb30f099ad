import { z } from 'zod';
import type { App } from '../../../platform/app.ts';
import { isDatabaseAway } from '../../../platform/database/errors.ts';
import { notWhileImpersonating } from '../../../platform/impersonation.ts';
import { isProblem } from '../../../platform/problem.ts';
import {
  anonymizeCustomer,
  customerNotFound,
  editProfile,
  emailInvalid,
  emailTaken,
  emailTooLong,
  genders,
  isDay,
  type NewCustomer,
  type Profile,
  registerCustomer,
  registerQuietly,
  requestEmailChange,
  requestEmailChangeSilently,
  type Shopper,
} from '../../../domain/customers/index.ts';
import { passwordRefused } from '../../../domain/passwords/index.ts';
import { rateLimited } from '../../../domain/throttle/index.ts';
import { forCustomers, type Item, noContent, forAnyone, resource } from '../resource.ts';
import {
  attributes,
  choice,
  day,
  email,
  flag,
  isTrue,
  notBlank,
  optional,
  passwordCharacters,
  passwordLength,
  personName,
  unleaked,
  text,
} from '../rules.ts';
import { notYours, passwordsDiffer, registrationFailed, termsNotAccepted } from '../wire-problems.ts';
import { addressesOfCustomers } from './address-item.ts';
import { assertSame, confirmedPassword, newPassword } from './password-rules.ts';
import { timestamp } from './timestamp.ts';

const gender = text(notBlank, choice(...genders));
const salutation = text(notBlank, choice('Mr', 'Mrs', 'Ms', 'Dr'));
const untouched = { optional: true, rules: [], types: ['string', 'null'] as const, read: (value: unknown) => value };

/** A customer, see docs/glue/customers.md. Passwords are always null. */
export function customerItem(customer: Shopper): Item {
  return {
    type: 'customers',
    id: customer.reference,
    attributes: {
      salutation: customer.salutation,
      firstName: customer.firstName,
      lastName: customer.lastName,
      email: customer.email,
      gender: customer.gender,
      dateOfBirth: customer.dateOfBirth,
      password: null,
      confirmPassword: null,
      acceptedTerms: null,
      createdAt: timestamp(customer.createdAt),
      updatedAt: timestamp(customer.updatedAt),
    },
    source: customer,
  };
}

const Attributes = z.object({
  salutation: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  email: z.string(),
  gender: z.string().nullable(),
  dateOfBirth: z.string().nullable().describe('YYYY-MM-DD'),
  password: z.null(),
  confirmPassword: z.null(),
  acceptedTerms: z.null(),
  createdAt: z.string().describe('YYYY-MM-DD hh:mm:ss.uuuuuu, UTC'),
  updatedAt: z.string().describe('YYYY-MM-DD hh:mm:ss.uuuuuu, UTC'),
});

export const customers = resource({
  type: 'customers',
  shows: Attributes,
  mfa: true,
  relations: { addresses: addressesOfCustomers },
  operations: [
    forCustomers({
      method: 'GET',
      at: 'many',
      summary: 'The customer who is logged in, as a list of one',
      handle({ steps, bearer: { customer } }) {
        // `/customers//` has an id, an empty one, which is nobody's.
        if (steps[0]?.id !== undefined) throw customerNotFound({});
        return { items: [customerItem(customer)] };
      },
    }),
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'The customer who is logged in',
      problems: [customerNotFound({})],
      handle({ id, bearer: { customer } }) {
        if (id !== customer.reference) throw customerNotFound({});
        return { items: [customerItem(customer)] };
      },
    }),
    forAnyone({
      method: 'POST',
      summary: 'Register',
      whileImpersonating: true,
      problems: [
        termsNotAccepted({}),
        passwordsDiffer({ first: 'password', second: 'confirmPassword' }),
        passwordRefused({ violations: ['common', 'repeats', 'characters'], min: 12, max: 128 }),
        emailInvalid({}),
        emailTaken({}),
        emailTooLong({ max: 100 }),
        rateLimited({ retryAfterSeconds: 3600 }),
      ],
      attributes: attributes({
        email: text(notBlank, email),
        gender,
        salutation,
        firstName: personName,
        lastName: personName,
        password: newPassword,
        confirmPassword: confirmedPassword,
        acceptedTerms: flag(isTrue),
        dateOfBirth: untouched,
      }),
      async handle({ app, attributes, locale, store }) {
        const { acceptedTerms, password, confirmPassword, dateOfBirth, ...profile } = attributes;
        if (!acceptedTerms) throw termsNotAccepted({});
        assertSame({ password, confirmPassword });
        const born = typeof dateOfBirth === 'string' && isDay(dateOfBirth) ? dateOfBirth : null;
        const customer = await register(app, {
          ...profile,
          password,
          dateOfBirth: born,
          locale,
          store: store.name,
        });
        return { items: [customerItem(customer)] };
      },
    }),
    forCustomers({
      method: 'PATCH',
      summary: 'Change the profile; a new address is used once it is confirmed',
      whileImpersonating: true,
      own: notYours,
      problems: [
        notWhileImpersonating({}),
        passwordsDiffer({ first: 'password', second: 'confirmPassword' }),
        emailTaken({}),
        emailInvalid({}),
        emailTooLong({ max: 100 }),
      ],
      attributes: attributes({
        email: optional(text(notBlank, email)),
        gender: optional(gender),
        salutation: optional(salutation),
        firstName: optional(personName),
        lastName: optional(personName),
        dateOfBirth: optional(text(day)),
        password: optional(unleaked(text(passwordLength, passwordCharacters))),
        confirmPassword: optional(text(passwordLength)),
      }),
      async handle({ app, attributes, bearer: { customer } }) {
        const { email, password, confirmPassword, ...profile } = attributes;
        if (password) assertSame({ password, confirmPassword: confirmPassword ?? '' });
        const change = app.config.STOREFRONT_API_SILENT_REGISTRATION ? requestEmailChangeSilently : requestEmailChange;
        if (email) await change(app, customer.id, email);
        return { items: [customerItem(await editProfile(app, customer.id, sent(profile), customer))] };
      },
    }),
    forCustomers({
      method: 'DELETE',
      summary: 'Erase the customer',
      own: notYours,
      silent: true,
      async handle({ app, bearer }) {
        await anonymizeCustomer(app, bearer.customer.id);
        return noContent;
      },
    }),
  ],
});

/** Any other failure answers 500/401, and the log has the cause. */
async function register(app: App, customer: NewCustomer): Promise<Shopper> {
  try {
    return app.config.STOREFRONT_API_SILENT_REGISTRATION
      ? await registerQuietly(app, customer)
      : await registerCustomer(app, customer);
  } catch (error) {
    if (isProblem(error) || isDatabaseAway(error)) throw error;
    app.log.error({ error, requestId: app.origin.requestId }, 'registration failed');
    throw registrationFailed({});
  }
}

/** Only what the request said; an empty date is none. */
function sent({ dateOfBirth, ...profile }: { [Name in keyof Profile]?: Profile[Name] | undefined }): Partial<Profile> {
  const given: [string, unknown][] = Object.entries({
    ...profile,
    ...(dateOfBirth === undefined ? {} : { dateOfBirth: dateOfBirth || null }),
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
