-- Agents search by the beginning of an address or a name, in any letter case, and list in order of creation.
drop index customer_last_name;
create unique index customer_number on customer (number);
create index customer_email_prefix on customer (email_key text_pattern_ops);
create index customer_first_name on customer (lower(first_name) text_pattern_ops);
create index customer_last_name on customer (lower(last_name) text_pattern_ops);
