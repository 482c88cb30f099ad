-- An email of a campaign is marked, committed, sent and marked again: nothing is locked while the mail server answers.
alter table campaign_recipient
  drop constraint campaign_recipient_state_check,
  add constraint campaign_recipient_state_check check (state in ('waiting', 'queued', 'sending', 'sent', 'skipped')),
  add column claimed_by uuid,                -- the job that sends the email; a job keeps its id when another worker takes it over
  add column claimed_at timestamptz;

-- How far a campaign is, counted as its recipients change, so that no email makes anybody count all of them.
alter table campaign
  add column waiting bigint not null default 0,
  add column queued  bigint not null default 0, -- being sent included
  add column sent    bigint not null default 0,
  add column skipped bigint not null default 0;

update campaign set waiting = counted.waiting, queued = counted.queued, sent = counted.sent, skipped = counted.skipped
from (
  select campaign_id,
    count(*) filter (where state = 'waiting') as waiting,
    count(*) filter (where state = 'queued') as queued,
    count(*) filter (where state = 'sent') as sent,
    count(*) filter (where state = 'skipped') as skipped
  from campaign_recipient group by campaign_id
) as counted
where counted.campaign_id = campaign.id;

create function count_changed_recipients() returns trigger language plpgsql as $$
declare
  change record;
begin
  -- In the order of the campaigns, so that two transactions never wait for each other.
  for change in
    select after.campaign_id,
      count(*) filter (where after.state = 'waiting') - count(*) filter (where before.state = 'waiting') as waiting,
      count(*) filter (where after.state in ('queued', 'sending')) - count(*) filter (where before.state in ('queued', 'sending')) as queued,
      count(*) filter (where after.state = 'sent') - count(*) filter (where before.state = 'sent') as sent,
      count(*) filter (where after.state = 'skipped') - count(*) filter (where before.state = 'skipped') as skipped
    from before join after using (campaign_id, customer_id)
    group by after.campaign_id
    order by after.campaign_id
  loop
    continue when (change.waiting, change.queued, change.sent, change.skipped) = (0, 0, 0, 0);
    update campaign set
      waiting = campaign.waiting + change.waiting,
      queued = campaign.queued + change.queued,
      sent = campaign.sent + change.sent,
      skipped = campaign.skipped + change.skipped
    where id = change.campaign_id;
  end loop;
  return null;
end $$;

-- A recipient who is removed before the email was sent counts as skipped: the customer was erased.
create function count_removed_recipients() returns trigger language plpgsql as $$
declare
  change record;
begin
  for change in
    select campaign_id,
      count(*) filter (where state = 'waiting') as waiting,
      count(*) filter (where state in ('queued', 'sending')) as queued
    from before
    where state in ('waiting', 'queued', 'sending')
    group by campaign_id
    order by campaign_id
  loop
    update campaign set
      waiting = campaign.waiting - change.waiting,
      queued = campaign.queued - change.queued,
      skipped = campaign.skipped + change.waiting + change.queued
    where id = change.campaign_id;
  end loop;
  return null;
end $$;

create trigger campaign_recipients_changed after update on campaign_recipient
  referencing old table as before new table as after for each statement execute function count_changed_recipients();
create trigger campaign_recipients_removed after delete on campaign_recipient
  referencing old table as before for each statement execute function count_removed_recipients();

-- Receipts of erasures that are still to be sent: the only place that knows the address, sealed with a key of the
-- installation, until the receipt is sent or a day has passed.
create table erasure_receipt (
  id             uuid primary key,
  sealed_address bytea not null,
  locale         text not null,
  created_at     timestamptz not null
);
create index erasure_receipt_age on erasure_receipt (created_at);
