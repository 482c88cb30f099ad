-- Email keys are ASCII: small letters, an international domain in Punycode (docs/decisions/0019).

-- RFC 3492, 6.3, for a label in small letters.
create function pg_temp.punycode(label text) returns text language plpgsql as $$
declare
  points int[] := (select array_agg(ascii(letter)) from regexp_split_to_table(label, '') letter);
  digits text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  output text := (select coalesce(string_agg(chr(point), ''), '') from unnest(points) point where point < 128);
  basic int := length(output);
  handled int := basic;
  n int := 128;
  delta bigint := 0;
  bias int := 72;
  next int; point int; q bigint; k int; t int;
begin
  if handled = cardinality(points) then return label; end if;
  if basic > 0 then output := output || '-'; end if;
  while handled < cardinality(points) loop
    next := (select min(candidate) from unnest(points) candidate where candidate >= n);
    delta := delta + (next - n)::bigint * (handled + 1);
    n := next;
    foreach point in array points loop
      if point < n then delta := delta + 1; end if;
      if point = n then
        q := delta;
        k := 36;
        loop
          t := least(greatest(k - bias, 1), 26);
          exit when q < t;
          output := output || substr(digits, (t + (q - t) % (36 - t))::int + 1, 1);
          q := (q - t) / (36 - t);
          k := k + 36;
        end loop;
        output := output || substr(digits, q::int + 1, 1);
        delta := case when handled = basic then delta / 700 else delta / 2 end;
        delta := delta + delta / (handled + 1);
        bias := 0;
        while delta > 455 loop
          delta := delta / 35;
          bias := bias + 36;
        end loop;
        bias := bias + (36 * delta / (delta + 38))::int;
        delta := 0;
        handled := handled + 1;
      end if;
    end loop;
    delta := delta + 1;
    n := n + 1;
  end loop;
  return 'xn--' || output;
end $$;

-- The key of an address whose domain has letters; null where the local part has, which no mail server can be meant by.
create function pg_temp.ascii_key(email text, key text) returns text language sql as $$
  select case when octet_length(split_part(email, '@', 1)) = length(split_part(email, '@', 1)) then
    split_part(key, '@', 1) || '@' ||
    (select string_agg(pg_temp.punycode(label), '.' order by place)
     from regexp_split_to_table(split_part(key, '@', 2), '\.') with ordinality as labels (label, place))
  end
$$;

-- An account whose address can receive nothing, or whose mailbox has an account already, keeps its data and is found by
-- its reference only: its key is its id, which is no address.
update customer set email_key = id::text where octet_length(email) > length(email);
update customer c set email_key = pg_temp.ascii_key(c.email, lower(normalize(c.email)))
where octet_length(c.email) > length(c.email)
  and pg_temp.ascii_key(c.email, lower(normalize(c.email))) is not null
  and not exists (
    select from customer other
    where other.id <> c.id and (other.email_key = pg_temp.ascii_key(c.email, lower(normalize(c.email)))
      or other.id < c.id and lower(normalize(other.email)) = lower(normalize(c.email)))
  );
update staff_user set email_key = id::text where octet_length(email) > length(email);
update staff_user c set email_key = pg_temp.ascii_key(c.email, lower(normalize(c.email)))
where octet_length(c.email) > length(c.email)
  and pg_temp.ascii_key(c.email, lower(normalize(c.email))) is not null
  and not exists (
    select from staff_user other where other.email_key = pg_temp.ascii_key(c.email, lower(normalize(c.email)))
  );
delete from availability_subscription where octet_length(email) > length(email);

alter table customer add constraint customer_email_key_ascii check (octet_length(email_key) = length(email_key));
alter table staff_user add constraint staff_user_email_key_ascii check (octet_length(email_key) = length(email_key));
alter table availability_subscription
  add constraint availability_subscription_email_key_ascii check (octet_length(email_key) = length(email_key));
