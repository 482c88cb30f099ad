import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addressForm, type AddressForm, countryName, isCountry, objectionsTo } from './index.ts';

const codes = Object.keys(
  JSON.parse(readFileSync(new URL('../../../assets/address-forms.json', import.meta.url), 'utf8')) as object,
);
const forms = codes.map(formOf);

function formOf(country: string): AddressForm {
  const form = addressForm(country);
  if (!form) throw new Error(`${country} has no form`);
  return form;
}

/** Nothing a form could miss, in the country of its example. */
const complete = ({ example, regions }: AddressForm) => ({
  firstName: 'Ida',
  lastName: 'Noor',
  address1: 'Main Street',
  city: 'Springfield',
  ...(example ? { zipCode: example } : {}),
  ...(regions[0] ? { region: regions[0].code } : { region: 'Somewhere' }),
});

describe('every country', () => {
  test('there are 252, each under its own code', () => {
    expect(codes).toHaveLength(252);
    expect(codes.filter((code) => !/^[A-Z]{2}$/.test(code) || !isCountry(code))).toEqual([]);
    expect(forms.map(({ country }) => country)).toEqual(codes);
  });

  test('has a code of three letters, no two the same; only two territories have none', () => {
    const without = forms.filter(({ iso3 }) => iso3 === null).map(({ country }) => country);
    const codes3 = forms.flatMap(({ iso3 }) => iso3 ?? []);

    expect(without).toEqual(['AC', 'TA']);
    expect(codes3.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(new Set(codes3).size).toBe(250);
  });

  test('asks for a name and a street, for each part once, and requires nothing that it does not ask for', () => {
    for (const { country, parts, required } of forms) {
      expect(parts, country).toEqual(expect.arrayContaining(['firstName', 'lastName', 'address1']));
      expect(new Set(parts).size, country).toBe(parts.length);
      expect(parts, country).toEqual(expect.arrayContaining([...required]));
      expect([required.has('address2'), required.has('address3')], country).toEqual([false, false]);
    }
  });

  test('has an example that is a postcode of its own, in any letter case, and nothing around it', () => {
    for (const { country, postcode, example, parts } of forms) {
      expect(Boolean(example), country).toBe(Boolean(postcode));
      if (!postcode || !example) continue;
      expect(parts, country).toContain('zipCode');
      expect(
        [example, example.toLowerCase(), `${example}x?`, `?${example}`].map((text) => postcode.test(text)),
      ).toEqual([true, true, false, false]);
    }
  });

  test('has regions with different codes, where it has any', () => {
    for (const { country, regions } of forms) {
      expect(new Set(regions.map(({ code }) => code)).size, country).toBe(regions.length);
      expect(regions.filter(({ code, name }) => !code || !name)).toEqual([]);
    }
  });

  test('has nothing against an address that is complete', () => {
    expect(forms.filter((form) => objectionsTo(form, complete(form)).length > 0)).toEqual([]);
  });

  test.for(['en_US', 'de_DE', 'fr_FR'])('has a name in %s', (locale) => {
    expect(codes.filter((code) => countryName(code, locale) === code)).toEqual([]);
  });
});

test.for<[country: string, english: string, german: string]>([
  ['DE', 'Germany', 'Deutschland'],
  ['US', 'United States', 'Vereinigte Staaten'],
  ['JP', 'Japan', 'Japan'],
])('%s is %s in English and %s in German', ([country, english, german]) => {
  expect([countryName(country, 'en_US'), countryName(country, 'de_DE')]).toEqual([english, german]);
});

test.for(['', 'de', 'DEU', 'XX', 'UK', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  '"%s" is no country',
  (code) => {
    expect(isCountry(code)).toBe(false);
    expect(addressForm(code)).toBeUndefined();
  },
);

describe('the form', () => {
  test('of Germany: postcode before city, no region', () => {
    expect(formOf('DE')).toMatchObject({
      iso3: 'DEU',
      parts: ['firstName', 'lastName', 'company', 'address1', 'address2', 'address3', 'zipCode', 'city'],
      required: new Set(['firstName', 'lastName', 'address1', 'city', 'zipCode']),
      labels: { city: 'city', postcode: 'postal' },
      regions: [],
    });
  });

  test('of the United States: city, state, ZIP', () => {
    const { parts, required, labels, capitals, regions } = formOf('US');

    expect(parts.slice(-3)).toEqual(['city', 'region', 'zipCode']);
    expect([...required].toSorted()).toEqual(['address1', 'city', 'firstName', 'lastName', 'region', 'zipCode']);
    expect(labels).toEqual({ city: 'city', region: 'state', postcode: 'zip' });
    expect(capitals).toEqual(new Set(['city', 'region']));
    expect(regions).toContainEqual({ code: 'CA', name: 'California' });
  });

  test('of the United Kingdom: a post town, before the postcode, both in capitals', () => {
    const { parts, labels, capitals } = formOf('GB');

    expect(parts.slice(-2)).toEqual(['city', 'zipCode']);
    expect(labels.city).toBe('post_town');
    expect(capitals).toEqual(new Set(['city', 'zipCode']));
  });

  test('of Japan: from the postcode down to the name, and no city', () => {
    const { parts, required, labels, regions } = formOf('JP');

    expect(parts).toEqual([
      'zipCode',
      'region',
      'address1',
      'address2',
      'address3',
      'company',
      'firstName',
      'lastName',
    ]);
    expect(required.has('city')).toBe(false);
    expect(labels.region).toBe('prefecture');
    expect(regions).toHaveLength(47);
  });

  test('of Ireland: counties and Eircodes, neither of them required', () => {
    const { parts, required, labels } = formOf('IE');

    expect(parts.slice(-3)).toEqual(['city', 'region', 'zipCode']);
    expect([...required].toSorted()).toEqual(['address1', 'city', 'firstName', 'lastName']);
    expect(labels).toMatchObject({ region: 'county', postcode: 'eircode' });
  });
});

describe('postcodes', () => {
  test.for<[country: string, fits: string[], fitsNot: string[]]>([
    ['DE', ['26133', ' 01067 '], ['1067', '261333', 'D-26133', '2613a', '２６１３３']],
    ['US', ['95014', '22162-1010', '22162 1010'], ['9501', '95014-', '95014-12', '95014–1010']],
    ['GB', ['EC1Y 8SY', 'gir 0aa', 'SW1A1AA', 'BFPO 1'], ['EC1Y', 'QQ1 1AA', 'EC1Y 8SYX']],
    ['JP', ['154-0023', '3500144'], ['154 0023', '154-00233']],
    ['IE', ['A65 F4E2', 'a65f4e2'], ['A65 F4E', 'A65  F4E2']],
    ['HK', ['anything'], []],
  ])('of %s are %j and not %j', ([country, fits, fitsNot]) => {
    const form = formOf(country);
    const against = (zipCode: string) => objectionsTo(form, { ...complete(form), zipCode });

    for (const zipCode of fits) expect(against(zipCode)).toEqual([]);
    for (const zipCode of fitsNot) expect(against(zipCode)).toEqual([{ part: 'zipCode', problem: 'no-postcode' }]);
  });

  // A pattern that backtracks takes minutes for these texts, so the test would time out.
  test('are refused without backtracking, however long a text is', () => {
    const long = ['9'.repeat(20_000), 'A1 '.repeat(10_000), '-'.repeat(20_000)];

    for (const form of forms.filter(({ postcode }) => postcode)) {
      for (const zipCode of long)
        expect(objectionsTo(form, { ...complete(form), zipCode })).toContainEqual({
          part: 'zipCode',
          problem: 'no-postcode',
        });
    }
  });
});

describe('objections', () => {
  test.for<[string, string[]]>([
    ['DE', ['firstName', 'lastName', 'address1', 'zipCode', 'city']],
    ['US', ['firstName', 'lastName', 'address1', 'city', 'region', 'zipCode']],
    ['GB', ['firstName', 'lastName', 'address1', 'city', 'zipCode']],
    ['JP', ['zipCode', 'region', 'address1', 'firstName', 'lastName']],
    ['IE', ['firstName', 'lastName', 'address1', 'city']],
  ])('to an empty address in %s are its required parts, in the order of its form', ([country, missing]) => {
    const expected = missing.map((part) => ({ part, problem: 'missing' }));

    expect(objectionsTo(formOf(country), {})).toEqual(expected);
    expect(
      objectionsTo(formOf(country), {
        firstName: ' ',
        lastName: '\t',
        address1: '',
        city: '\u00a0',
        zipCode: null,
        region: '  ',
      }),
    ).toEqual(expected);
  });

  test.for(['CA', 'ca', 'California', ' CALIFORNIA '])('a region may be given as "%s"', (region) => {
    expect(objectionsTo(formOf('US'), { ...complete(formOf('US')), region })).toEqual([]);
  });

  test.for(['XX', 'Bavaria', 'C', 'US-CA'])('"%s" is no region of the United States', (region) => {
    expect(objectionsTo(formOf('US'), { ...complete(formOf('US')), region })).toEqual([
      { part: 'region', problem: 'no-region' },
    ]);
  });

  test('a country without a list of regions takes any', () => {
    expect(objectionsTo(formOf('DE'), { ...complete(formOf('DE')), region: 'Bayern' })).toEqual([]);
  });
});
