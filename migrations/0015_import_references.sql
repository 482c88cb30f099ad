-- Which accounts an import may touch, and whose an order is.

-- The reference a customer has in imported files, where it is not their own: the customer registered here before, or the
-- import gave them a new one. Customers that an import created (`import_run_id`) are known by `reference` otherwise.
alter table customer add column import_reference text;
create unique index customer_import_reference on customer (import_reference) where import_reference is not null;

-- Whose order it is. `customer_reference` only records what a file or a feed says: an order may come before its customer.
alter table sales_order add column customer_id uuid references customer on delete set null;
create index sales_order_owner on sales_order (customer_id, number);
create index sales_order_without_owner on sales_order (customer_reference)
  where customer_id is null and customer_reference is not null;

-- Existing orders belong to the account with their reference if an import created it, if both have one email address, or
-- if the account is older than the order. The others may be of an earlier owner of the reference, and stay without one.
update sales_order o set customer_id = c.id from customer c
where c.reference = o.customer_reference
  and (c.import_run_id is not null or c.email_key = lower(o.email) or c.created_at <= o.created_at);

-- References that are drawn go on after those that orders name.
update sequence_number set current = named.highest
from (
  select max(digits::bigint) as highest
  from (select substring(customer_reference from '\d+$') as digits from sales_order) named
  where length(digits) <= 15
) named
where name = 'CustomerReference' and current < named.highest;

-- A reference for a new customer. Those that a table names are skipped: what was recorded for one person must not become
-- another's. The counter stays locked until the transaction ends, so that a number that is rolled back is drawn again.
create function draw_customer_reference(prefix text) returns text language plpgsql as $$
declare
  drawn text;
begin
  loop
    update sequence_number set current = current + 1 where name = 'CustomerReference' returning prefix || current into strict drawn;
    exit when not exists (select from customer where reference = drawn)
      and not exists (select from customer where import_reference = drawn)
      and not exists (select from sales_order where customer_reference = drawn);
  end loop;
  return drawn;
end
$$;

-- What the passwords of a file were: {"bcrypt": 812004, "none": 31002}.
alter table import_run add column password_kinds jsonb not null default '{}' check (jsonb_typeof(password_kinds) = 'object');
