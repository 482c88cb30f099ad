import { isBlank } from '../../platform/text.ts';
import type { AddressForm, AddressPart } from './form.ts';

/** What people say of an address. */
export interface AddressDetails {
  salutation: string | null;
  firstName: string;
  lastName: string;
  company: string | null;
  /** Street. */
  address1: string | null;
  /** House number. */
  address2: string | null;
  address3: string | null;
  zipCode: string | null;
  city: string | null;
  region: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
  phone: string | null;
  /** For staff. */
  comment: string | null;
}

export interface Address extends AddressDetails {
  id: string;
  isDefaultBilling: boolean;
  isDefaultShipping: boolean;
}

/** Wishes to make an address a default; anything but true wishes nothing. */
export interface DefaultWishes {
  isDefaultBilling?: boolean | null | undefined;
  isDefaultShipping?: boolean | null | undefined;
}

export interface AddressObjection {
  part: AddressPart;
  problem: 'missing' | 'no-postcode' | 'no-region';
}

/** What a country's form has against an address; nothing of it stands in the way of the Storefront API. */
export function objectionsTo(
  form: AddressForm,
  address: Partial<Record<AddressPart, string | null>>,
): AddressObjection[] {
  const objections: AddressObjection[] = form.parts
    .filter((part) => form.required.has(part) && isBlank(address[part] ?? ''))
    .map((part) => ({ part, problem: 'missing' }));
  const postcode = address.zipCode?.trim();
  if (postcode && form.postcode && !form.postcode.test(postcode))
    objections.push({ part: 'zipCode', problem: 'no-postcode' });
  const region = address.region?.trim().toLowerCase();
  const isKnown = ({ code, name }: { code: string; name: string }) =>
    code.toLowerCase() === region || name.toLowerCase() === region;
  if (region && form.regions.length > 0 && !form.regions.some(isKnown))
    objections.push({ part: 'region', problem: 'no-region' });
  return objections;
}
