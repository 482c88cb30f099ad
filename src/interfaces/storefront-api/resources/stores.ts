import { z } from 'zod';
import { addressForm, countryName } from '../../../domain/addresses/index.ts';
import { storeNamed, type Store, storeUnknown } from '../../../domain/stores/index.ts';
import { type Item, forAnyone, resource } from '../resource.ts';

const Attributes = z.object({
  timeZone: z.string(),
  defaultCurrency: z.string(),
  currencies: z.array(z.object({ code: z.string(), name: z.string() })),
  locales: z.array(z.object({ code: z.string(), name: z.string() })),
  countries: z.array(
    z.object({
      iso2Code: z.string(),
      iso3Code: z.string().nullable(),
      name: z.string(),
      postalCodeMandatory: z.boolean(),
      postalCodeRegex: z.string().nullable(),
      regions: z.array(z.object({ iso2Code: z.string(), name: z.string() })),
    }),
  ),
});

const currencyNames = new Intl.DisplayNames(['en'], { type: 'currency' });

/** What a storefront needs for prices and address forms, see docs/glue/stores.md. */
export const storeItem = ({ name, timeZone, currencies, locales, countries }: Store): Item => ({
  type: 'stores',
  id: name,
  attributes: {
    timeZone,
    defaultCurrency: currencies[0] ?? '',
    currencies: currencies.map((code) => ({ code, name: currencyNames.of(code) ?? code })),
    locales: locales.map((locale) => ({ code: locale.slice(0, 2), name: locale })),
    countries: countries.map((country) => {
      const form = addressForm(country);
      return {
        iso2Code: country,
        iso3Code: form?.iso3 ?? null,
        name: countryName(country, 'en_US'),
        postalCodeMandatory: form?.required.has('zipCode') ?? false,
        postalCodeRegex: form?.postcodePattern ?? null,
        regions: (form?.regions ?? []).map(({ code, name }) => ({ iso2Code: `${country}-${code}`, name })),
      };
    }),
  },
});

/** The store of the request in a list, any store by its name: docs/glue/stores.md. */
export const stores = resource({
  type: 'stores',
  shows: Attributes,
  operations: [
    forAnyone({
      method: 'GET',
      at: 'many',
      summary: 'The store of the request',
      handle: ({ store }) => ({ items: [storeItem(store)] }),
    }),
    forAnyone({
      method: 'GET',
      at: 'one',
      summary: 'A store by its name',
      problems: [storeUnknown({ name: 'XX' })],
      async handle({ app, id }) {
        const store = await storeNamed(app, id);
        if (!store) throw storeUnknown({ name: id });
        return { items: [storeItem(store)] };
      },
    }),
  ],
});
