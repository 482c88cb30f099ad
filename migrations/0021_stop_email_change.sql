-- A link to the present address of a customer who asked for another one. It stops the change, and lasts longer than it.
alter table link drop constraint link_kind_check;
alter table link add constraint link_kind_check
  check (kind in ('confirm', 'reset', 'invitation', 'email-change', 'email-change-stop', 'unlock'));
