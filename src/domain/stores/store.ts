import { z } from 'zod';
import { LinkPatterns } from '../../platform/mail/link-pattern.ts';

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Regions that Unicode CLDR names beside countries: groupings, and codes made for tests. */
const notCountries = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);

/** Codes that were withdrawn (`SU`, `iw`) are taken for their successors by Intl, and do not exist here. */
const isLanguage = (code: string) => languages.of(code) !== undefined && Intl.getCanonicalLocales(code)[0] === code;
const isCountry = (code: string) =>
  regions.of(code) !== undefined && new Intl.Locale(`und-${code}`).region === code && !notCountries.has(code);

/** A locale the product speaks, as stored and sent: language and territory. */
const LocaleName = z
  .string()
  .regex(/^[a-z]{2}_[A-Z]{2}$/, { error: 'must look like de_DE', abort: true })
  .refine((locale) => isLanguage(languageOf(locale)), {
    error: ({ input }) => `there is no language ${languageOf(String(input))}`,
  })
  .refine((locale) => isCountry(locale.slice(3)), {
    error: ({ input }) => `there is no country ${String(input).slice(3)}`,
  });

const CurrencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 code such as EUR', abort: true })
  .refine((code) => currencies.has(code), { error: ({ input }) => `there is no currency ${String(input)}` });

const CountryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166 code such as DE', abort: true })
  .refine(isCountry, { error: ({ input }) => `there is no country ${String(input)}` });

const Line = z
  .string()
  .trim()
  .min(1)
  .max(300, 'must be at most 300 characters')
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line')
  .nullish();
const WebAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://shop.example/imprint' })
  .nullish();

/** A sales channel. The first locale and the first currency are its defaults. */
export const Store = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'must be 2 to 10 upper-case letters, as in DE'),
  timeZone: z.string('is needed for a new store').refine(isTimeZone, 'must be a time zone such as Europe/Berlin'),
  locales: z.array(LocaleName, 'is needed for a new store').min(1),
  currencies: z.array(CurrencyCode, 'is needed for a new store').min(1),
  countries: z.array(CountryCode, 'is needed for a new store').min(1),
  /** Where links of emails lead, instead of what the settings say. */
  links: LinkPatterns,
  /** What footers say, where it differs from the settings; null: as the settings say. */
  shopName: Line,
  shopAddress: Line,
  imprintUrl: WebAddress,
  privacyUrl: WebAddress,
  termsUrl: WebAddress,
});
export type Store = z.output<typeof Store>;

function isTimeZone(name: string) {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** `de` for `de_DE`. */
export const languageOf = (locale: string) => locale.slice(0, 2);
