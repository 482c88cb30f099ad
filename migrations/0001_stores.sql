-- Sales channels. Operators change them with `clientele store:set`.
create table store (
  name             text primary key check (name ~ '^[A-Z][A-Z0-9_]{1,9}$'),
  position         integer not null,
  time_zone        text not null,
  locales          text[] not null check (cardinality(locales) > 0),    -- the first is the default
  currencies       text[] not null check (cardinality(currencies) > 0), -- ISO 4217, the first is the default
  countries        text[] not null check (cardinality(countries) > 0)   -- ISO 3166-1 alpha-2
);

insert into store (name, position, time_zone, locales, currencies, countries) values
  ('DE', 1, 'Europe/Berlin',    '{de_DE,en_US}', '{EUR,CHF}', '{DE,AT,CH,FR,IT,NL,BE,LU,DK,PL,CZ}'),
  ('AT', 2, 'Europe/Vienna',    '{de_DE,en_US}', '{EUR,CHF}', '{AT,DE,CH,IT,SI,HU,CZ,SK}'),
  ('US', 3, 'America/New_York', '{en_US}',       '{USD,EUR}', '{US,CA,MX}');
