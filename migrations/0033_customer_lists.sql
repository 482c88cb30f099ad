-- Agents also type a first and a last name together, in either order. A name alone is the beginning of one of the two.
drop index customer_first_name;
drop index customer_last_name;
create index customer_first_last_name
  on customer (lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) text_pattern_ops)
  include (first_name, last_name, number) where anonymized_at is null;
create index customer_last_first_name
  on customer (lower(coalesce(last_name, '') || ' ' || coalesce(first_name, '')) text_pattern_ops)
  include (first_name, last_name, number) where anonymized_at is null;

-- How many customers that are not anonymized have numbers of each block of 4096: a page of the list of all is found by
-- adding these up to its offset. Changes add rows and update none, so that nobody waits; the sum counts, and a job
-- makes the rows of a block one again.
create table customer_tally (
  block   bigint not null, -- number / 4096
  living  bigint not null  -- to add; negative after an anonymization
);

create function tally_added_customers() returns trigger language plpgsql as $$
begin
  insert into customer_tally (block, living)
  select number / 4096, count(*) from added where anonymized_at is null group by 1;
  return null;
end
$$;
create trigger tally_added after insert on customer
  referencing new table as added for each statement execute function tally_added_customers();

create function tally_changed_customer() returns trigger language plpgsql as $$
begin
  if old.anonymized_at is null then
    insert into customer_tally (block, living) values (old.number / 4096, -1);
  end if;
  if tg_op = 'UPDATE' and new.anonymized_at is null then
    insert into customer_tally (block, living) values (new.number / 4096, 1);
  end if;
  return null;
end
$$;
create trigger tally_changed after update of anonymized_at, number on customer
  for each row execute function tally_changed_customer();
create trigger tally_removed after delete on customer
  for each row execute function tally_changed_customer();

insert into customer_tally (block, living)
select number / 4096, count(*) from customer where anonymized_at is null group by 1;
