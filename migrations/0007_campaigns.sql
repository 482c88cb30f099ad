-- Mails to many customers at once. A customer is mailed at most once a campaign: the primary key sees to it.
create table campaign (
  id          uuid primary key,
  kind        text not null check (kind in ('set', 'reset')),
  store       text,
  criteria    text not null,                 -- what was asked for, to recognise a campaign that broke off
  revoke      boolean not null,              -- whether the old passwords and log-ins end with it
  recipients  bigint not null,
  created_at  timestamptz not null,
  finished_at timestamptz
);

-- Of two consoles that start the same campaign one does.
create unique index campaign_unfinished on campaign (criteria) where finished_at is null;

create table campaign_recipient (
  campaign_id uuid not null references campaign on delete cascade,
  customer_id uuid not null references customer on delete cascade,
  state       text not null default 'waiting' check (state in ('waiting', 'queued', 'sent', 'skipped')),
  primary key (campaign_id, customer_id)
);
create index campaign_recipient_waiting on campaign_recipient (campaign_id, customer_id) where state = 'waiting';
