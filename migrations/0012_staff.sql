-- People who work for the shop: support, agents, administrators.
create table staff_user (
  id                  uuid primary key,
  number              bigint generated always as identity, -- `id_agent` and `id_user` of access tokens
  email               text not null check (length(email) <= 255),
  email_key           text not null unique,
  first_name          text not null check (length(first_name) <= 100),
  last_name           text not null check (length(last_name) <= 255),
  locale              text not null,
  state               text not null default 'active' check (state in ('active', 'blocked', 'deleted')),
  is_agent            boolean not null default false, -- may act for customers in the shop
  password_hash       text not null,
  password_changed_at timestamptz,
  access_ended_at     timestamptz,                    -- access tokens issued up to then are void
  last_sign_in_at     timestamptz,
  created_at          timestamptz not null,
  updated_at          timestamptz not null
);
create unique index staff_user_number on staff_user (number);

-- A role bundles rights; a right that any role of a user denies is denied.
create table staff_role (
  name        text primary key check (name ~ '^[a-z][a-z0-9-]{0,59}$'),
  description text not null
);
create table staff_role_right (
  role        text not null references staff_role on delete cascade on update cascade,
  right_name  text not null,                          -- `customers.edit`; `*` is every right
  effect      text not null check (effect in ('allow', 'deny')),
  primary key (role, right_name)
);
create table staff_user_role (
  staff_id    uuid not null references staff_user on delete cascade,
  role        text not null references staff_role on delete restrict on update cascade,
  primary key (staff_id, role)
);
create index staff_user_role_role on staff_user_role (role);

insert into staff_role (name, description) values
  ('administrator', 'May do everything'),
  ('support', 'Finds and helps customers'),
  ('auditor', 'Reads everything, changes nothing');
insert into staff_role_right (role, right_name, effect) values
  ('administrator', '*', 'allow'),
  ('support', 'customers.read', 'allow'),
  ('support', 'customers.edit', 'allow'),
  ('support', 'customers.lock', 'allow'),
  ('support', 'customers.reset', 'allow'),
  ('support', 'addresses.edit', 'allow'),
  ('support', 'orders.read', 'allow'),
  ('auditor', 'customers.read', 'allow'),
  ('auditor', 'orders.read', 'allow'),
  ('auditor', 'companies.read', 'allow'),
  ('auditor', 'audit.read', 'allow');

-- Tokens may be a staff user's, or be a customer's on behalf of whom an agent acts.
alter table refresh_token alter column customer_id drop not null;
alter table refresh_token add column staff_id uuid references staff_user on delete cascade;
alter table refresh_token add constraint refresh_token_somebody check (customer_id is not null or staff_id is not null);
create index refresh_token_staff on refresh_token (staff_id) where staff_id is not null;
