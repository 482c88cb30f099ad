-- Mails of an installation without a mail server, shown at /dev/mailbox.
create table mailbox (
  id      uuid primary key,
  "to"    text not null,
  "from"  text not null,
  subject text not null,
  text    text not null,
  html    text not null,
  sent_at timestamptz not null
);
create index mailbox_newest on mailbox (sent_at desc, id desc);
