-- Campaigns may ask imported customers to confirm their address.
alter table campaign drop constraint campaign_kind_check, add constraint campaign_kind_check check (kind in ('set', 'reset', 'confirm'));
