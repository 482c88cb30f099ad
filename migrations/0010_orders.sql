-- Orders as the shop fed them: snapshots, never recomputed here. Amounts are in minor units of the currency.
create table sales_order (
  id                 uuid primary key,
  number             bigint generated always as identity, -- order of arrival
  reference          text not null unique check (length(reference) <= 45),
  customer_reference text check (length(customer_reference) <= 255), -- no foreign key: orders may come before their customer, and outlive them
  email              text check (length(email) <= 255),
  store              text,
  currency           text not null check (currency ~ '^[A-Z]{3}$'),
  price_mode         text not null check (price_mode in ('GROSS_MODE', 'NET_MODE')),
  subtotal           bigint not null default 0,
  discount_total     bigint not null default 0,
  expense_total      bigint not null default 0,
  tax_total          bigint not null default 0,
  grand_total        bigint not null default 0,
  canceled_total     bigint not null default 0,
  remuneration_total bigint not null default 0,
  billing_address    jsonb,
  shipping_address   jsonb,                               -- null for split shipments
  payment_provider   text,
  payment_method     text,
  shipment_method    text,
  shipment_carrier   text,
  agent_email        text check (length(agent_email) <= 255), -- of the agent who placed it
  business_unit_id   uuid,                                -- of the company it was placed for
  is_hidden          boolean not null default false,      -- left out of the customer's own history
  details            jsonb not null default '{}' check (jsonb_typeof(details) = 'object'), -- whatever else the order resource shows
  item_states        text[] not null default '{}',        -- each state of its items once
  created_at         timestamptz not null,
  updated_at         timestamptz not null
);
create index sales_order_customer on sales_order (customer_reference, number);
create index sales_order_unit on sales_order (business_unit_id) where business_unit_id is not null;

create table sales_order_item (
  order_id      uuid not null references sales_order on delete cascade,
  item_key      text not null check (length(item_key) <= 64), -- tells the items of one order apart
  id            uuid not null,
  number        bigint generated always as identity,
  sku           text not null check (length(sku) <= 255),
  name          text not null check (length(name) <= 255),
  quantity      integer not null,
  unit_price    bigint not null,
  sum_price     bigint not null,
  tax_rate      numeric(6, 2) not null default 0,
  tax_amount    bigint not null default 0,                -- of the whole quantity
  state         text,
  is_returnable boolean not null default false,
  image         text,
  details       jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  primary key (order_id, item_key)
);
