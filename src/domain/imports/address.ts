import { namedId } from '../../platform/id.ts';
import { addressForm, objectionsTo } from '../addresses/index.ts';
import { salutations } from '../customers/index.ts';
import { mergeAddresses } from './address-queries.ts';
import * as cells from './cells.ts';
import type { Row, RowProblem } from './importer.ts';
import { column, tableImporter, uuidColumn } from './table-importer.ts';

/** Columns by the part of an address they hold. */
const columnOf = {
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  address1: 'address1',
  address2: 'address2',
  address3: 'address3',
  zipCode: 'zip_code',
  city: 'city',
  region: 'region',
} as const;

/** Addresses of customers. Rows follow the form of their country, so that what is moved in can be delivered to. */
export const addressImporter = tableImporter({
  entity: 'customer-address',
  summary: 'addresses of customers',
  columns: [
    column('customer_reference', cells.text(255), 'whose address it is', { required: true }),
    column(
      'address_key',
      cells.text(100),
      'tells the addresses of a customer apart when the file comes again; without it their content does',
      { unstaged: true },
    ),
    column('salutation', cells.knownOneOf(...salutations), salutations.join(', ')),
    column('first_name', cells.text(100), 'up to 100 characters', { required: true }),
    column('last_name', cells.text(100), 'up to 100 characters', { required: true }),
    column('company', cells.text(255), 'up to 255 characters'),
    column('address1', cells.text(255), 'street'),
    column('address2', cells.text(255), 'house number'),
    column('address3', cells.text(255), 'addition'),
    column('zip_code', cells.text(15), 'as the country writes it'),
    column('city', cells.text(255), 'up to 255 characters'),
    column('region', cells.text(255), 'state, province, prefecture: code or name, where the country has them'),
    column('country_iso2_code', cells.country, 'ISO 3166 code: DE', { required: true }),
    column('phone', cells.text(255), 'up to 255 characters'),
    column('comment', cells.text(255), 'for staff'),
    column(
      'is_default_shipping',
      cells.flag,
      'true or false; the first address of a customer is the default in any case',
    ),
    column('is_default_billing', cells.flag, 'true or false'),
    uuidColumn,
  ],
  key: ['customer_reference'],
  idOf,
  objections,
  merge: mergeAddresses,
});

/** The same row gets the same identifier each time: by its key, or else by what it says. */
function idOf(row: Row): string {
  const content = [...Object.values(columnOf).map(row), row('country_iso2_code').toUpperCase()];
  const key = row('address_key');
  return namedId(JSON.stringify([row('customer_reference'), ...(key ? [key] : content)]));
}

const words = { missing: 'is empty', 'no-postcode': 'is no postcode', 'no-region': 'is no region' } as const;

function objections(row: Row): RowProblem[] {
  const country = row('country_iso2_code').toUpperCase();
  const form = addressForm(country);
  if (!form) return [];
  const parts = Object.fromEntries(Object.entries(columnOf).map(([part, name]) => [part, row(name)]));
  return objectionsTo(form, parts).map(({ part, problem }) => ({
    column: columnOf[part],
    problem: `${words[problem]}${problem === 'missing' ? `, which addresses in ${country} need` : ` in ${country}`}${problem === 'no-postcode' && form.example ? `, as ${form.example} is one` : ''}`,
  }));
}
