-- What the footers of pages and emails say, where a store differs from the settings (SHOP_NAME and others).
alter table store
  add column shop_name    text,
  add column shop_address text,
  add column imprint_url  text,
  add column privacy_url  text,
  add column terms_url    text;

-- The receipt of an erasure has the footer of the customer's store.
alter table erasure_receipt add column store text;
