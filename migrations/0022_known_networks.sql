-- Networks from which an account signed in before, so that guesses from elsewhere do not lock its owner out there.
-- Keys are digests: neither an address nor a network is readable here.
create table known_network (
  key          text primary key,             -- digest of account and network
  account      text not null,                -- digest of the account, as in throttle
  last_used_at timestamptz not null          -- to the day
);
create index known_network_account on known_network (account);
create index known_network_last_use on known_network (last_used_at);
