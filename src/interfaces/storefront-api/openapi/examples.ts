import type { Operation } from '../resource.ts';

/** Values that /docs fills in, so that "Execute" works at once. Those of persons are the demo shop's. */
const byField: Readonly<Record<string, string | boolean | null>> = {
  username: 'anna.bergmann@example.org',
  password: 'Demo-Shopper-2026',
  newPassword: 'Quiet-Harbour-58',
  confirmPassword: 'Quiet-Harbour-58',
  email: 'new.shopper@example.org',
  salutation: 'Ms',
  firstName: 'Mira',
  lastName: 'Sommer',
  gender: 'Female',
  dateOfBirth: '1990-04-17',
  acceptedTerms: true,
  address1: 'Lindenstraße',
  address2: '12',
  address3: null,
  zipCode: '10969',
  city: 'Berlin',
  iso2Code: 'DE',
  company: null,
  phone: '+49 30 555 0199',
  isDefaultShipping: true,
  isDefaultBilling: true,
  sku: '052_30614390',
  refreshToken: 'refreshToken of POST /access-tokens',
  registrationKey: 'token of the link in the email',
  restorePasswordKey: 'token of the link in the email',
  idCompanyUser: '1f2e3d4c-5b6a-4789-8abc-def012345678',
  customerReference: 'DEMO--1',
  reason: 'call 4711',
  type: 'email',
};

/** Where a field means something else than by its name alone. */
const byType: Readonly<Record<string, typeof byField>> = {
  'agent-access-tokens': { username: 'agent@example.org' },
  'customer-forgotten-password': { email: 'anna.bergmann@example.org' },
  'customer-restore-password': { password: 'Quiet-Harbour-58' },
  customers: { password: 'Quiet-Harbour-58' },
};

/** The attributes of an example body. */
export const exampleAttributes = (type: string, { attributes, takes }: Operation): Record<string, unknown> =>
  Object.fromEntries(
    [...Object.keys(attributes?.fields ?? {}), ...takes].map((name) => [
      name,
      { ...byField, ...byType[type] }[name] ?? null,
    ]),
  );

/** Example of an id in a path; undefined where only the caller knows one. */
export const exampleId = (parameter: string): string | undefined => ({ customerReference: 'DEMO--1' })[parameter];
