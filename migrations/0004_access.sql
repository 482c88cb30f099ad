-- Links in mails. Only the SHA-256 of a token is stored; issuing one removes the older ones of its kind.
create table link (
  token_hash  bytea primary key,
  kind        text not null check (kind in ('confirm', 'reset', 'invitation', 'email-change', 'unlock')),
  customer_id uuid not null references customer on delete cascade,
  email       text,                          -- the new address of an e-mail change
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  -- What a newer link supersedes: the database sees to it that there is one.
  slot        text not null generated always as (case when kind in ('reset', 'invitation') then 'password' else kind end) stored,
  unique (customer_id, slot)
);
create index link_expiry on link (expires_at);

-- Log-ins on pages.
create table session (
  id           uuid primary key,
  token_hash   bytea not null unique,
  customer_id  uuid not null references customer on delete cascade,
  remembered   boolean not null,
  user_agent   text,
  network      text,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null
);
create index session_customer on session (customer_id);
create index session_expiry on session (expires_at);

-- Devices that logged in before, so that a stranger's guesses do not lock their owner out of them.
create table known_device (
  token_hash   bytea primary key,
  customer_id  uuid not null references customer on delete cascade,
  last_used_at timestamptz not null
);
create index known_device_customer on known_device (customer_id);

create table refresh_token (
  token_hash  bytea primary key,
  family_id   uuid not null,                 -- all tokens that descend from one log-in
  customer_id uuid not null references customer on delete cascade,
  client      text not null,
  scopes      text[] not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  used_at     timestamptz,
  revoked_at  timestamptz
);
create index refresh_token_customer on refresh_token (customer_id);
create index refresh_token_family on refresh_token (family_id);
create index refresh_token_expiry on refresh_token (expires_at);

-- Keys that sign access tokens. The newest signs; all verify until removed.
create table signing_key (
  id          text primary key,              -- `kid`
  private_key bytea not null,                -- PKCS#8, encrypted with a key derived from SECRET
  public_jwk  jsonb not null,
  created_at  timestamptz not null
);

-- Counters of failed log-ins and of mails asked for. Keys are digests: an address is not readable here.
create table throttle (
  key           text primary key,
  account       text,                        -- digest of the account, to lift all its blocks at once
  failures      integer not null,
  trying        integer not null default 0,  -- attempts being verified right now
  trying_since  timestamptz,
  admitted      uuid,                        -- the attempt that was let in last
  window_ends   timestamptz not null,
  blocked_until timestamptz
) with (fillfactor = 50);
create index throttle_account on throttle (account) where account is not null;
create index throttle_window on throttle (window_ends);
