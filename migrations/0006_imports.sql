-- One row a file that was imported. `line` is the last line that is safely in; a run that broke off goes on there.
create table import_run (
  id          uuid primary key,
  entity      text not null,
  source      text not null,
  digest      text not null,                 -- of the file and the options that change its meaning
  state       text not null check (state in ('running', 'finished', 'failed')),
  line        bigint not null default 0,
  created     bigint not null default 0,
  updated     bigint not null default 0,
  unchanged   bigint not null default 0,
  rejected    bigint not null default 0,
  started_at  timestamptz not null,
  finished_at timestamptz
);
create index import_run_unfinished on import_run (entity, digest) where state <> 'finished';
