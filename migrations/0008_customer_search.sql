-- Agents search by the beginning of an address or a name, in any letter case, and list in order of creation. The indexes
-- hold whatever the search asks for, so that counting hits touches no row. Addresses are compared letter by letter, not
-- as a language sorts them, so that one index serves both the address and its beginning.
drop index customer_last_name;
alter table customer alter column email_key type text collate "C";
alter table customer drop constraint customer_email_key_key,
  add constraint customer_email_key_key unique (email_key) include (number, anonymized_at);
create unique index customer_number on customer (number);
create index customer_first_name on customer (lower(first_name) text_pattern_ops) include (first_name, number)
  where anonymized_at is null;
create index customer_last_name on customer (lower(last_name) text_pattern_ops) include (last_name, number)
  where anonymized_at is null;
