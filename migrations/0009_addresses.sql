-- Addresses of customers. One of them at most is the default for billing, one for shipping; the database sees to it.
create table customer_address (
  customer_id         uuid not null references customer on delete cascade,
  id                  uuid not null,
  number              bigint generated always as identity, -- order of creation
  salutation          text check (salutation in ('Mr', 'Mrs', 'Ms', 'Dr', 'n/a')),
  first_name          text not null check (length(first_name) <= 100),
  last_name           text not null check (length(last_name) <= 100),
  company             text check (length(company) <= 255),
  address1            text check (length(address1) <= 255), -- street
  address2            text check (length(address2) <= 255), -- house number
  address3            text check (length(address3) <= 255), -- addition
  zip_code            text check (length(zip_code) <= 15),
  city                text check (length(city) <= 255),
  region              text check (length(region) <= 255),
  country             text not null check (country ~ '^[A-Z]{2}$'), -- ISO 3166-1 alpha-2
  phone               text check (length(phone) <= 255),
  comment             text check (length(comment) <= 255),
  is_default_billing  boolean not null default false,
  is_default_shipping boolean not null default false,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (customer_id, id)
);
create index customer_address_order on customer_address (customer_id, number);
create unique index customer_address_default_billing on customer_address (customer_id) where is_default_billing;
create unique index customer_address_default_shipping on customer_address (customer_id) where is_default_shipping;
