import * as cells from './cells.ts';
import {
  mergeCompanies,
  mergeCompanyUsers,
  mergeLabelRelations,
  mergeLabels,
  mergeRolePermissions,
  mergeRoles,
  mergeRolesOfUsers,
  mergeUnitAddresses,
  mergeUnits,
  mergeUnitsOfAddresses,
  mergeUnitsOfUsers,
  mergeUsersOnBehalf,
} from './company-queries.ts';
import { column, tableImporter, uuidColumn } from './table-importer.ts';

// The twelve company files of the reference product, with their columns in their order. Parents come before children:
// the order of this list is the order of a manifest.

const key = (name: string, help: string) => column(name, cells.text(255), help, { required: true });
/** A line of a unit or an address. The API of the reference product shows an empty cell as an empty text. */
const line = (name: string, help = 'up to 255 characters', most = 255) =>
  column(name, cells.text(most), help, { keepsEmpty: true });

export const companyImporters = [
  tableImporter({
    entity: 'company',
    summary: 'companies',
    columns: [
      key('key', 'key of the company'),
      key('name', 'up to 255 characters'),
      column('is_active', cells.flag, 'true or false; only an active and approved company can be acted for'),
      column('status', cells.oneOf('pending', 'approved', 'denied'), 'pending, approved or denied; empty: pending'),
      uuidColumn,
    ],
    key: ['key'],
    merge: mergeCompanies,
  }),
  tableImporter({
    entity: 'company-unit-address',
    summary: 'addresses of companies',
    columns: [
      key('address_key', 'key of the address'),
      key('company_key', 'company whose address it is'),
      column('country_iso2_code', cells.country, 'ISO 3166 code: DE', { required: true }),
      column('country_iso3_code', cells.text(3), 'not needed: the other code says it', { unstaged: true }),
      line('address1', 'street'),
      line('address2', 'house number'),
      line('address3', 'addition'),
      line('city'),
      line('zip_code', 'up to 15 characters', 15),
      line('phone'),
      line('comment'),
      uuidColumn,
    ],
    key: ['address_key'],
    merge: mergeUnitAddresses,
  }),
  tableImporter({
    entity: 'company-unit-address-label',
    summary: 'labels for addresses of companies',
    columns: [key('name', 'the label')],
    key: ['name'],
    merge: mergeLabels,
  }),
  tableImporter({
    entity: 'company-unit-address-label-relation',
    summary: 'which address has which label',
    columns: [key('address_key', 'an address of a company'), key('label_name', 'a label')],
    key: ['address_key', 'label_name'],
    merge: mergeLabelRelations,
  }),
  tableImporter({
    entity: 'company-business-unit',
    summary: 'business units of companies',
    columns: [
      key('company_key', 'company of the unit'),
      key('business_unit_key', 'key of the unit'),
      key('name', 'up to 255 characters'),
      line('email'),
      line('phone'),
      line('external_url'),
      line('iban'),
      line('bic'),
      column('parent_business_unit_key', cells.text(255), 'unit above it; empty: none'),
      uuidColumn,
    ],
    key: ['business_unit_key'],
    merge: mergeUnits,
  }),
  tableImporter({
    entity: 'company-business-unit-address',
    summary: 'which unit has which address',
    columns: [key('business_unit_key', 'a unit'), key('address_key', 'an address of the same company')],
    key: ['business_unit_key', 'address_key'],
    merge: mergeUnitsOfAddresses,
  }),
  tableImporter({
    entity: 'company-user',
    summary: 'customers who act for a company',
    columns: [
      key('company_user_key', 'key of the company user'),
      key('customer_reference', 'a customer'),
      key('company_key', 'company they act for'),
      column('is_default', cells.flag, 'true: a log-in of the customer begins with it'),
      uuidColumn,
    ],
    key: ['company_user_key'],
    merge: mergeCompanyUsers,
  }),
  tableImporter({
    entity: 'company-business-unit-user',
    summary: 'which company user is in which unit',
    columns: [key('company_user_key', 'a company user'), key('business_unit_key', 'a unit of the same company')],
    key: ['company_user_key'],
    merge: mergeUnitsOfUsers,
  }),
  tableImporter({
    entity: 'company-role',
    summary: 'roles of companies',
    columns: [
      key('company_role_key', 'key of the role'),
      key('company_role_name', 'up to 255 characters'),
      key('company_key', 'company of the role'),
      column('is_default', cells.flag, 'true: new users of the company get it'),
      uuidColumn,
    ],
    key: ['company_role_key'],
    merge: mergeRoles,
  }),
  tableImporter({
    entity: 'company-role-permission',
    summary: 'what roles allow',
    columns: [
      key('company_role_key', 'a role'),
      key('permission_key', 'SeeCompanyUsersPermissionPlugin …'),
      column('configuration', cells.object, 'JSON object with the limits of the permission; empty: none'),
    ],
    key: ['company_role_key', 'permission_key'],
    merge: mergeRolePermissions,
  }),
  tableImporter({
    entity: 'company-user-role',
    summary: 'which company user has which role',
    columns: [key('company_role_key', 'a role'), key('company_user_key', 'a company user of the same company')],
    key: ['company_role_key', 'company_user_key'],
    merge: mergeRolesOfUsers,
  }),
  tableImporter({
    entity: 'company-user-on-behalf',
    summary: 'further companies and units that customers act for',
    columns: [
      key('customer_reference', 'a customer'),
      key('company_key', 'company they act for'),
      key('business_unit_key', 'unit of that company'),
      column('default', cells.flag, 'true: a log-in of the customer begins with it'),
      uuidColumn,
    ],
    key: ['customer_reference', 'business_unit_key'],
    merge: mergeUsersOnBehalf,
  }),
];
