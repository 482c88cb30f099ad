import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The parts of an address that a form may ask for, by the names the Storefront API gives them. */
export type AddressPart =
  | 'firstName'
  | 'lastName'
  | 'company'
  | 'address1'
  | 'address2'
  | 'address3'
  | 'zipCode'
  | 'city'
  | 'region';

/** How addresses are written in a country. */
export interface AddressForm {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** ISO 3166-1 alpha-3; null for the two territories that have none. */
  iso3: string | null;
  /** In the order of the country. */
  parts: readonly AddressPart[];
  required: ReadonlySet<AddressPart>;
  /** The whole of a postcode, in any letter case; undefined where there are none. */
  postcode: RegExp | undefined;
  /** The same as text, without anchors. */
  postcodePattern: string | undefined;
  /** A postcode that exists. */
  example: string | undefined;
  /** What the country calls its parts: `zip` or `pin`, `state` or `prefecture`, `city` or `post_town`. */
  labels: { city: string; region: string; postcode: string };
  /** Parts written in capitals. */
  capitals: ReadonlySet<AddressPart>;
  regions: readonly { code: string; name: string }[];
}

const Stored = z.record(
  z.string(),
  z.object({
    iso3: z.string().nullable(),
    fields: z.string(),
    required: z.string(),
    postcode: z.string().optional(),
    example: z.string().optional(),
    upper: z.string().optional(),
    labels: z.object({ city: z.string(), region: z.string(), postcode: z.string() }),
    regions: z.array(z.tuple([z.string(), z.string()])).optional(),
  }),
);

/** Google's letters for our parts. A required street is one line of it. */
const lettered: Record<string, readonly AddressPart[]> = {
  N: ['firstName', 'lastName'],
  O: ['company'],
  A: ['address1', 'address2', 'address3'],
  D: [],
  C: ['city'],
  S: ['region'],
  Z: ['zipCode'],
};

const file = fileURLToPath(new URL('../../../assets/address-forms.json', import.meta.url));
let known: ReadonlyMap<string, AddressForm> | undefined;

/** Every country's form by its code; read when it is first asked for. */
function forms(): ReadonlyMap<string, AddressForm> {
  known ??= new Map(
    Object.entries(Stored.parse(JSON.parse(readFileSync(file, 'utf8')))).map(([country, stored]) => {
      const parts = (letters: string) => [...letters].flatMap((letter) => lettered[letter] ?? []);
      return [
        country,
        {
          country,
          iso3: stored.iso3,
          parts: parts(stored.fields),
          required: new Set<AddressPart>([
            'firstName',
            'lastName',
            ...parts(stored.required).filter((part) => part !== 'address2' && part !== 'address3'),
          ]),
          postcode: stored.postcode ? new RegExp(`^(?:${stored.postcode})$`, 'i') : undefined,
          postcodePattern: stored.postcode,
          example: stored.example,
          labels: stored.labels,
          capitals: new Set(parts(stored.upper ?? '')),
          regions: (stored.regions ?? []).map(([code, name]) => ({ code, name })),
        },
      ];
    }),
  );
  return known;
}

/** Undefined for a code that is no country's. */
export const addressForm = (country: string): AddressForm | undefined => forms().get(country);

export const isCountry = (code: string): boolean => forms().has(code);

/** A country's name in the language of a locale such as `de_DE`. */
export function countryName(country: string, locale: string): string {
  const language = locale.replace('_', '-');
  let names = displayed.get(language);
  if (!names) displayed.set(language, (names = new Intl.DisplayNames([language], { type: 'region' })));
  return names.of(country) ?? country;
}

const displayed = new Map<string, Intl.DisplayNames>();
