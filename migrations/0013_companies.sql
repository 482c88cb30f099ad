-- Companies, their units, roles and users. Keys are those of import files. Every reference inside a company carries the
-- company's id, so that the database itself refuses a unit, a role or an address of another company.
create table company (
  id         uuid primary key,
  number     bigint generated always as identity,
  key        text unique check (length(key) <= 255),
  name       text not null check (length(name) <= 255),
  is_active  boolean not null default false,
  status     text not null default 'pending' check (status in ('pending', 'approved', 'denied')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table company_unit_address (
  id         uuid primary key,
  number     bigint generated always as identity,
  company_id uuid not null references company on delete cascade,
  key        text unique check (length(key) <= 255),
  country    text not null check (country ~ '^[A-Z]{2}$'), -- ISO 3166-1 alpha-2
  address1   text check (length(address1) <= 255),
  address2   text check (length(address2) <= 255),
  address3   text check (length(address3) <= 255),
  city       text check (length(city) <= 255),
  zip_code   text check (length(zip_code) <= 15),
  phone      text check (length(phone) <= 255),
  comment    text check (length(comment) <= 255),
  unique (company_id, id)
);

create table company_business_unit (
  id                         uuid primary key,
  number                     bigint generated always as identity,
  company_id                 uuid not null references company on delete cascade,
  parent_id                  uuid,
  key                        text unique check (length(key) <= 255),
  name                       text not null check (length(name) <= 255),
  email                      text check (length(email) <= 255),
  phone                      text check (length(phone) <= 255),
  external_url               text check (length(external_url) <= 255),
  iban                       text check (length(iban) <= 255),
  bic                        text check (length(bic) <= 255),
  default_billing_address_id uuid,
  unique (company_id, id),
  check (parent_id <> id),
  foreign key (company_id, parent_id) references company_business_unit (company_id, id) on delete set null (parent_id),
  foreign key (company_id, default_billing_address_id) references company_unit_address (company_id, id)
    on delete set null (default_billing_address_id)
);
create index company_business_unit_parent on company_business_unit (parent_id);

create table company_business_unit_address (
  company_id uuid not null,
  unit_id    uuid not null,
  address_id uuid not null,
  primary key (unit_id, address_id),
  foreign key (company_id, unit_id) references company_business_unit (company_id, id) on delete cascade,
  foreign key (company_id, address_id) references company_unit_address (company_id, id) on delete cascade
);
create index company_business_unit_address_address on company_business_unit_address (address_id);

create table company_unit_address_label (
  id     uuid primary key,
  name   text not null unique check (length(name) <= 255)
);
create table company_unit_address_label_relation (
  address_id uuid not null references company_unit_address on delete cascade,
  label_id   uuid not null references company_unit_address_label on delete cascade,
  primary key (address_id, label_id)
);

create table company_role (
  id         uuid primary key,
  number     bigint generated always as identity,
  company_id uuid not null references company on delete cascade,
  key        text unique check (length(key) <= 255),
  name       text not null check (length(name) <= 255),
  is_default boolean not null default false,
  unique (company_id, id)
);
create unique index company_role_default on company_role (company_id) where is_default;

create table company_role_permission (
  role_id       uuid not null references company_role on delete cascade,
  permission    text not null check (length(permission) <= 255), -- SeeCompanyUsersPermissionPlugin …
  configuration jsonb,                                           -- null: without a limit
  primary key (role_id, permission)
);

-- A customer may work for several units; the flag says which of them a log-in begins with.
create table company_user (
  id          uuid primary key,
  number      bigint generated always as identity,
  company_id  uuid not null references company on delete cascade,
  customer_id uuid not null references customer on delete cascade,
  unit_id     uuid,
  key         text unique check (length(key) <= 255),
  is_active   boolean not null default true,
  is_default  boolean not null default false,
  created_at  timestamptz not null,
  unique (company_id, id),
  unique (customer_id, unit_id),
  foreign key (company_id, unit_id) references company_business_unit (company_id, id) on delete set null (unit_id)
);
create index company_user_company on company_user (company_id, number);
create index company_user_unit on company_user (unit_id);
create unique index company_user_default on company_user (customer_id) where is_default;

create table company_user_role (
  company_id uuid not null,
  user_id    uuid not null,
  role_id    uuid not null,
  primary key (user_id, role_id),
  foreign key (company_id, user_id) references company_user (company_id, id) on delete cascade,
  foreign key (company_id, role_id) references company_role (company_id, id) on delete cascade
);
create index company_user_role_role on company_user_role (role_id);

alter table refresh_token add column company_user_id uuid references company_user on delete set null;
create index refresh_token_company_user on refresh_token (company_user_id) where company_user_id is not null;
