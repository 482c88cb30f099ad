/** A customer at work: one row a company (or unit of it) they act for. */
export interface CompanyUser {
  id: string;
  companyId: string;
  customerId: string;
  unitId: string | null;
  isActive: boolean;
  /** Whether a log-in begins with it. */
  isDefault: boolean;
}

export interface Company {
  id: string;
  name: string;
  isActive: boolean;
  /** pending, approved or denied; only an active and approved company is one that people can work for. */
  status: string;
}

export interface BusinessUnit {
  id: string;
  companyId: string;
  name: string;
  email: string | null;
  phone: string | null;
  externalUrl: string | null;
  iban: string | null;
  bic: string | null;
  defaultBillingAddressId: string | null;
}

export interface UnitAddress {
  id: string;
  address1: string | null;
  address2: string | null;
  address3: string | null;
  zipCode: string | null;
  city: string | null;
  phone: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
  comment: string | null;
}

export interface CompanyRole {
  id: string;
  companyId: string;
  name: string;
  /** Whether new users of the company get it. */
  isDefault: boolean;
}

/** What a role may allow; the names are those of import files. */
export type Permission = 'SeeCompanyUsersPermissionPlugin';
