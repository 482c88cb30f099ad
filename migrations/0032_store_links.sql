-- Where links of emails lead, for stores whose storefront is not these pages: {"confirm": "https://shop.example/{locale}/confirm?token={token}"}
alter table store add links jsonb not null default '{}';
