-- What an instance writes to prove that it can. One row, rewritten on its own page.
create table readiness_check (
  id         boolean     primary key check (id),
  checked_at timestamptz not null
) with (fillfactor = 50);
