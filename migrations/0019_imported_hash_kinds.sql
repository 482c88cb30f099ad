-- Kinds of imported password hashes that customers or staff users have. Refused sign-ins take as long as the dearest of
-- them, so a table of a few rows says what would otherwise take a scan of all customers.
create table imported_hash_kind (
  prefix   text primary key check (length(prefix) <= 100), -- how every hash of the kind begins, `$2y$12$`
  noted_at timestamptz not null                            -- when a hash of the kind was last brought in or verified
);
