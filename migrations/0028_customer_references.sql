-- Numbers of customer references come from a sequence: a registration no longer waits for the one before it to commit.
create sequence customer_reference_number;
select setval('customer_reference_number', current) from sequence_number where name = 'CustomerReference' and current > 0;
drop table sequence_number;

-- The next number of a sequence after a random step. Numbers that are stepped over are never drawn.
create function draw_number(counter regclass, step_min int, step_max int) returns bigint language sql volatile as $$
  select max(nextval(counter)) from generate_series(1, step_min + floor(random() * (step_max - step_min + 1))::int)
$$;

-- Lets a sequence go on after a number; never lowers it. Waits for transactions that drew a number and have not ended, so
-- that what they store can be read afterwards. 4713002 is the advisory lock that they share.
create function raise_number(counter regclass, used bigint) returns void language plpgsql as $$
declare
  is_behind boolean;
begin
  perform pg_advisory_xact_lock(4713002);
  execute format('select last_value < $1 or (last_value = $1 and not is_called) from %s', counter) into strict is_behind using used;
  if is_behind then
    perform setval(counter, used);
  end if;
end
$$;

-- A reference for a new customer. Those that a table names are skipped: what was recorded for one person must not become
-- another's. Each skip doubles the next step, up to 1024, so that a counter far behind catches up.
drop function draw_customer_reference(text);
create function draw_customer_reference(prefix text, padding int default 0, step_min int default 1, step_max int default 1)
returns text language plpgsql as $$
declare
  number text;
  drawn text;
begin
  perform pg_advisory_xact_lock_shared(4713002);
  loop
    number := draw_number('customer_reference_number', step_min, step_max);
    drawn := prefix || lpad(number, greatest(padding, length(number)), '0');
    exit when not exists (select from customer where reference = drawn)
      and not exists (select from customer where import_reference = drawn)
      and not exists (select from sales_order where customer_reference = drawn);
    step_min := least(step_min * 2, 1024);
    step_max := greatest(step_min, step_max);
  end loop;
  return drawn;
end
$$;
