-- Ways in which somebody proves more than a password. The owner is a customer or a staff user: no foreign key.
create table mfa_method (
  owner_id     uuid not null,
  type         text not null,                -- email
  state        text not null check (state in ('pending', 'activated')),
  created_at   timestamptz not null,
  activated_at timestamptz,
  primary key (owner_id, type)
);

-- The newest one-time code of an owner for a purpose; an older one is gone. Only a keyed hash is stored, as six digits
-- are guessed in no time.
create table one_time_code (
  owner_id   uuid not null,
  purpose    text not null,                  -- mfa.email
  code_hash  bytea not null,
  attempts   integer not null default 0,     -- failed ones
  verified_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (owner_id, purpose)
);
create index one_time_code_expiry on one_time_code (expires_at);
