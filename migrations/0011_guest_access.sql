-- What visitors who are not logged in may not use; customers always may.
create table guest_restriction (
  content_type  text primary key,
  is_restricted boolean not null
);
insert into guest_restriction (content_type, is_restricted) values
  ('price', false),
  ('order-place-submit', false),
  ('add-to-cart', false),
  ('wishlist', true),
  ('shopping-list', true);

-- Who wants to hear when a product is available again.
create table availability_subscription (
  key         text primary key check (key ~ '^[0-9a-f]{32}$'),
  number      bigint generated always as identity,
  sku         text not null check (length(sku) <= 255),
  email       text not null check (length(email) <= 255),
  email_key   text not null,
  customer_id uuid references customer on delete cascade, -- null for a visitor
  store       text not null references store (name) on update cascade,
  locale      text not null,
  created_at  timestamptz not null,
  unique (email_key, sku, store)
);
create index availability_subscription_customer on availability_subscription (customer_id, number);
