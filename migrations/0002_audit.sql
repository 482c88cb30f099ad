-- What was done, by whom and to whom. Rows are never changed or removed.
create table audit_entry (
  id          uuid primary key,
  at          timestamptz not null,
  action      text not null,                 -- customers.registered, credentials.password-changed …
  customer_id uuid,                          -- whom it is about; no foreign key: the entry outlives everything
  actor       text not null,                 -- customer, staff, agent, system, console
  actor_id    text,
  door        text not null,                 -- storefront-api, pages, console, jobs
  network     text,                          -- address the request came from
  request_id  text,
  facts       jsonb not null default '{}'    -- nothing personal: states, counts, names of changed fields
);
create index audit_entry_customer on audit_entry (customer_id, at desc);

-- The personal values of a change, apart so that erasing a person leaves the entry whole.
create table audit_values (
  entry_id    uuid primary key,              -- no foreign key: checking one would need the right to change entries
  customer_id uuid not null,
  changes     jsonb not null                 -- {"email": ["before", "after"]}
);
create index audit_values_customer on audit_values (customer_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
  for each statement execute function refuse_change();
create trigger audit_values_are_not_rewritten before update or truncate on audit_values
  for each statement execute function refuse_change();
revoke update, delete, truncate on audit_entry from current_user, public;
revoke update, truncate on audit_values from current_user, public;
