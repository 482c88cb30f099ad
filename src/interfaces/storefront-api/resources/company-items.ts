import type {
  Asking,
  BusinessUnit,
  Company,
  CompanyRole,
  CompanyUser,
  UnitAddress,
} from '../../../domain/companies/index.ts';
import type { AskOf, Item } from '../resource.ts';

// Resource objects, see docs/glue/companies.md#attributes. Only those with a source have relations: what is included does not load anything further,
// so that nothing of a colleague or a company is reached through another.

/** Who asks, as the companies' domain wants to know it. */
export const askingOf = ({ bearer: { customer, companyUserId } }: AskOf<unknown>): Asking => ({
  customerId: customer.id,
  companyUserId,
});

export const companyItem = ({ id, isActive, name, status }: Company): Item => ({
  type: 'companies',
  id,
  attributes: { isActive, name, status },
});

export const unitItem = (unit: BusinessUnit, isMain = false): Item => ({
  type: 'company-business-units',
  id: unit.id,
  attributes: {
    name: unit.name,
    email: unit.email,
    phone: unit.phone,
    externalUrl: unit.externalUrl,
    bic: unit.bic,
    iban: unit.iban,
    defaultBillingAddress: unit.defaultBillingAddressId,
  },
  ...(isMain ? { source: unit } : {}),
});

export const unitAddressItem = ({ id, country, ...address }: UnitAddress): Item => ({
  type: 'company-business-unit-addresses',
  id,
  attributes: {
    address1: address.address1,
    address2: address.address2,
    address3: address.address3,
    zipCode: address.zipCode,
    city: address.city,
    phone: address.phone,
    iso2Code: country,
    comment: address.comment,
  },
});

export const roleItem = (role: CompanyRole, isMain = false): Item => ({
  type: 'company-roles',
  id: role.id,
  attributes: { name: role.name, isDefault: role.isDefault },
  ...(isMain ? { source: role } : {}),
});

export const companyUserItem = (user: CompanyUser): Item => ({
  type: 'company-users',
  id: user.id,
  attributes: { isActive: user.isActive, isDefault: user.isDefault },
  source: user,
});
