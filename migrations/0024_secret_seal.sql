-- One row, sealed with a key derived from SECRET: it opens only with the SECRET the database was set up with.
create table secret_seal (
  is_only   boolean     primary key default true check (is_only),
  sealed    bytea       not null,
  sealed_at timestamptz not null
);
