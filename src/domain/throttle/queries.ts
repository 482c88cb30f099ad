import { sql } from 'kysely';
import { earlier } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';

/** Seconds after which an attempt that was let in and never ended (a crash) is forgotten. */
const STALE_SECONDS = 30;

export interface Attempt {
  id: string;
  /** Counters that count exactly: account and network (or device), and account. */
  exact: readonly { key: string; account: string | null; limit: number }[];
  /** Coarser counters that must not be blocked either. */
  wide: readonly string[];
  now: Date;
}

/** The parameters stand once, in the first part, so that the statement is built and prepared once. */
const admitStatement = prepared(
  (_db, id: string, now: Date, stale: Date, exact: string, wide: readonly string[]) => sql<{
    key: string;
    admitted: boolean;
    blocked: boolean;
  }>`
    with p as materialized (
      select ${id}::uuid as id, ${now}::timestamptz as now, ${stale}::timestamptz as stale, ${exact}::jsonb as exact, ${wide}::text[] as wide
    ), given as materialized (
      select g.* from p, jsonb_to_recordset(p.exact) as g (key text, account text, "limit" int)
    ), coarse as materialized (
      select exists (select 1 from throttle, p where key = any(p.wide) and blocked_until > p.now) as blocked
    )
    insert into throttle as t (key, account, failures, trying, trying_since, window_ends, admitted)
    select key, account, 0, case when blocked then 0 else 1 end, p.now, p.now, case when blocked then null else p.id end
    from given, coarse, p order by key
    on conflict (key) do update set (failures, blocked_until, trying, trying_since, admitted) = (
      select n.failures, case when n.over then null else t.blocked_until end, n.trying + n.free::int,
        case when n.free then p.now else t.trying_since end, case when n.free then p.id else t.admitted end
      from p, lateral (
        select o.*, not (select blocked from coarse) and o.failures + o.trying < (select "limit" from given where given.key = t.key) as free
        from (
          select coalesce(t.blocked_until, t.window_ends) <= p.now as over,
            case when coalesce(t.blocked_until, t.window_ends) <= p.now then 0 else t.failures end as failures,
            case when t.trying_since < p.stale then 0 else t.trying end as trying
        ) o
      ) n
    )
    returning t.key, coalesce(t.admitted = (select id from p), false) as admitted,
      t.failures >= (select "limit" from given where given.key = t.key) or (select blocked from coarse) as blocked`,
);

/**
 * Lets an attempt in at each counter if fewer than its limit have failed or are being verified, in one statement: of
 * fifty guesses at once only as many are evaluated as may fail. Says which counters let it in, and whether one is blocked.
 */
export async function admit(
  db: Db,
  { id, exact, wide, now }: Attempt,
): Promise<{ admitted: string[]; blocked: boolean }> {
  const rows = await admitStatement.all(db, id, now, earlier(now, STALE_SECONDS), JSON.stringify(exact), wide);
  return {
    admitted: rows.filter(({ admitted }) => admitted).map(({ key }) => key),
    blocked: rows.some(({ admitted, blocked }) => blocked && !admitted),
  };
}

export interface Counter {
  key: string;
  account: string | null;
  limit: number;
  windowSeconds: number;
  blockSeconds: number;
  /** Attempts to take off those being verified. */
  trying: number;
}

/** Counts one failure on each counter; returns the keys that reached their limit with it. */
export async function countFailure(db: Db, counters: readonly Counter[], now: Date): Promise<string[]> {
  // In one order for everybody, so that two failures cannot wait for each other.
  const sorted = counters.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const over = sql`coalesce(t.blocked_until, t.window_ends) <= ${now}`;
  const failures = sql`case when ${over} then 1 else t.failures + 1 end`;
  const { rows } = await sql<{ key: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(sorted)}::jsonb)
        as g (key text, account text, "limit" int, "windowSeconds" int, "blockSeconds" int, trying int)
    ), counted as (
      insert into throttle as t (key, account, failures, window_ends, blocked_until)
      select key, account, 1, ${now}::timestamptz + "windowSeconds" * interval '1 second',
        case when "limit" = 1 then ${now}::timestamptz + "blockSeconds" * interval '1 second' end
      from given
      on conflict (key) do update set
        failures = ${failures},
        trying = greatest(t.trying - (select trying from given where given.key = t.key), 0),
        window_ends = case when ${over} then excluded.window_ends else t.window_ends end,
        blocked_until = case
          when (${failures}) = (select "limit" from given where given.key = t.key)
          then ${now}::timestamptz + (select "blockSeconds" from given where given.key = t.key) * interval '1 second'
          when ${over} then null
          else t.blocked_until end
      returning t.key, t.failures, t.blocked_until
    )
    select counted.key from counted join given using (key) where counted.failures = given."limit"`.execute(db);
  return rows.map(({ key }) => key);
}

/** Ends an attempt that succeeded; `clear` is the counter whose failures before it are forgotten. */
export async function release(db: Db, keys: readonly string[], clear: string | null): Promise<void> {
  await sql`
    update throttle set
      trying = greatest(trying - 1, 0),
      failures = case when key = ${clear} then 0 else failures end,
      blocked_until = case when key = ${clear} then null else blocked_until end
    where key in (select key from throttle where key = any(${keys}) order by key for update)`.execute(db);
}

export async function isBlockedKey(db: Db, keys: readonly string[], limit: number, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('throttle')
    .select('key')
    .where('key', 'in', keys)
    .where('blockedUntil', '>', now)
    .where('failures', '>=', limit)
    .executeTakeFirst();
  return row !== undefined;
}

/** Counts one use and returns how many there were in the window, this one included. */
export async function countUse(
  db: Db,
  key: string,
  account: string | null,
  windowSeconds: number,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ uses: number }>`
    insert into throttle as t (key, account, failures, window_ends)
    values (${key}, ${account}, 1, ${now}::timestamptz + ${windowSeconds} * interval '1 second')
    on conflict (key) do update set
      failures = case when t.window_ends <= ${now} then 1 else t.failures + 1 end,
      window_ends = case when t.window_ends <= ${now} then excluded.window_ends else t.window_ends end
    returning failures as uses`.execute(db);
  return rows[0]?.uses ?? 1;
}

export async function clearAccount(db: Db, account: string): Promise<void> {
  await db.deleteFrom('throttle').where('account', '=', account).execute();
}

/** Counters that count nothing any more. */
export async function deleteSpent(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('throttle')
    .where('windowEnds', '<', now)
    .where(({ eb, or }) => or([eb('blockedUntil', 'is', null), eb('blockedUntil', '<', now)]))
    .where(({ eb, or }) =>
      or([eb('trying', '=', 0), eb('tryingSince', '<', new Date(now.getTime() - STALE_SECONDS * 1000))]),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
