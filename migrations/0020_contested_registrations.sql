-- When an unconfirmed address was registered again with another password. Whose password is the right one shows only when
-- the owner of the mailbox confirms, so that confirming sets a new one.
alter table customer add column registration_contested_at timestamptz;
