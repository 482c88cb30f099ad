import { sql } from 'kysely';
import { earlier } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';

/** Seconds after which an attempt that was let in and never ended (a crash) is forgotten; none is verified that late. */
const STALE_SECONDS = 30;

export interface Attempt {
  id: string;
  /** Counters that count exactly: account and network (or device), and account. */
  exact: readonly { key: string; account: string | null; limit: number }[];
  /** Coarser counters that must not be blocked either. */
  wide: readonly string[];
  /** The counter that strangers share with the owner, empty where none counts; a known network has twice its limit. */
  shared: string;
  network: Network;
  now: Date;
}

/** A network of an account, both as digests. */
export interface Network {
  key: string;
  account: string;
}

/** Seconds a network is known after the last sign-in from it. Addresses change hands more often than browsers. */
const KNOWN_NETWORK_SECONDS = 90 * 86_400;

/** An attempt as the values of a statement, in the order of {@link admission}. */
export const attemptValues = ({ id, exact, wide, shared, network, now }: Attempt) =>
  [
    id,
    now,
    earlier(now, STALE_SECONDS),
    exact.map(({ key }) => key),
    exact.map(({ account }) => account),
    exact.map(({ limit }) => limit),
    wide,
    shared,
    network.key,
    earlier(now, KNOWN_NETWORK_SECONDS),
  ] as const;
type AttemptValues = ReturnType<typeof attemptValues>;

/** How an attempt was received. */
export interface Reception {
  /** Counters that let it in. */
  admitted: string[];
  /** Whether one of the others is blocked. */
  blocked: boolean;
}

/**
 * The part of a statement that lets an attempt in at each counter if fewer than its limit have failed or are being
 * verified: of fifty guesses at once only as many are evaluated as may fail. Its row `reception` is a {@link Reception}.
 *
 * Failures from elsewhere fill at most half of what a known network may use of the shared counter, so strangers cannot lock
 * the owner out there, and nobody guesses more than twice as often.
 *
 * Its commit does not wait for the disk: what a crash of the machine could lose is that an attempt was being verified,
 * which is over then. A failure that is counted waits.
 */
export function admission(
  ...[id, now, stale, keys, accounts, limits, wide, shared, network, knownSince]: AttemptValues
) {
  const limit = sql`(${limits}::int[])[array_position(${keys}::text[], t.key)]
    * case when t.key = ${shared}::text and (select known from familiar) then 2 else 1 end`;
  const over = sql`coalesce(t.blocked_until, t.window_ends) <= ${now}::timestamptz`;
  const failures = sql`case when ${over} then 0 else t.failures end`;
  const trying = sql`case when t.trying_since < ${stale}::timestamptz then 0 else t.trying end`;
  const free = sql`(not (select blocked from coarse) and ${failures} + ${trying} < ${limit})`;
  return sql`coarse as materialized (
      select exists (select from throttle where key = any(${wide}::text[]) and blocked_until > ${now}::timestamptz) as blocked
    ), familiar as materialized (
      select exists (select from known_network where key = ${network}::text and last_used_at > ${knownSince}::timestamptz) as known
    ), counters as (
      insert into throttle as t (key, account, failures, trying, trying_since, window_ends, admitted)
      select g.key, g.account, 0, case when blocked then 0 else 1 end, ${now}::timestamptz, ${now}::timestamptz,
        case when blocked then null else ${id}::uuid end
      from unnest(${keys}::text[], ${accounts}::text[]) as g (key, account), coarse order by g.key
      on conflict (key) do update set
        failures = ${failures},
        blocked_until = case when ${over} then null else t.blocked_until end,
        trying = ${trying} + ${free}::int,
        trying_since = case when ${free} then ${now}::timestamptz else t.trying_since end,
        admitted = case when ${free} then ${id}::uuid else t.admitted end
      returning t.key, coalesce(t.admitted = ${id}::uuid, false) as admitted,
        t.failures >= ${limit} or (select blocked from coarse) as blocked
    ), reception as (
      select coalesce(array_agg(key) filter (where admitted), '{}') as admitted,
        coalesce(bool_or(blocked and not admitted), false) as blocked,
        set_config('synchronous_commit', 'off', true)
      from counters
    )`;
}

const admitStatement = prepared(
  (_db, ...attempt: AttemptValues) =>
    sql<Reception>`with ${admission(...attempt)} select admitted, blocked from reception`,
);

/** Lets an attempt in, or does not, in one statement. */
export async function admit(db: Db, attempt: Attempt): Promise<Reception> {
  return (await admitStatement(db, ...attemptValues(attempt))) ?? { admitted: [], blocked: true };
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

/** Whether one of the counters is blocked; the shared one counts twice as far for a network that is known. */
export async function isBlockedKey(
  db: Db,
  { exact, wide, shared, network, now }: Omit<Attempt, 'id'>,
): Promise<boolean> {
  const keys = [...exact.map(({ key }) => key), ...wide];
  const limit = Math.min(...exact.map(({ limit }) => limit));
  const twice = 2 * (exact.find(({ key }) => key === shared)?.limit ?? 0);
  const { rows } = await sql`
    select from throttle
    where key = any(${keys}) and blocked_until > ${now} and failures >= ${limit}
      and (key <> ${shared} or failures >= ${twice} or not exists (
        select from known_network where key = ${network.key} and last_used_at > ${earlier(now, KNOWN_NETWORK_SECONDS)}))
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Remembers a network from which an account signed in. */
export async function upsertNetwork(db: Db, { key, account }: Network, now: Date): Promise<void> {
  await db
    .insertInto('knownNetwork')
    .values({ key, account, lastUsedAt: now })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ lastUsedAt: now }))
    .execute();
}

export async function deleteNetworksOf(db: Db, account: string): Promise<void> {
  await db.deleteFrom('knownNetwork').where('account', '=', account).execute();
}

/** Networks that are known no more. */
export async function deleteForgottenNetworks(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('knownNetwork')
    .where('lastUsedAt', '<', earlier(now, KNOWN_NETWORK_SECONDS))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Counts one use and returns how many there were in the window, this one included. */
export const countUse = async (...use: Parameters<typeof consumeUse>): Promise<number> =>
  (await consumeUse(...use)).uses;

/** Counts one use; returns how many there were in the window, this one included, and when the window ends. */
export async function consumeUse(
  db: Db,
  key: string,
  account: string | null,
  windowSeconds: number,
  now: Date,
): Promise<{ uses: number; windowEnds: Date }> {
  const { rows } = await sql<{ uses: number; windowEnds: Date }>`
    insert into throttle as t (key, account, failures, window_ends)
    values (${key}, ${account}, 1, ${now}::timestamptz + ${windowSeconds} * interval '1 second')
    on conflict (key) do update set
      failures = case when t.window_ends <= ${now} then 1 else t.failures + 1 end,
      window_ends = case when t.window_ends <= ${now} then excluded.window_ends else t.window_ends end
    returning failures as uses, window_ends`.execute(db);
  return rows[0] ?? { uses: 1, windowEnds: now };
}

export async function lastBlock(db: Db, account: string, now: Date): Promise<Date | null> {
  const row = await db
    .selectFrom('throttle')
    .select(({ fn }) => fn.max('blockedUntil').as('until'))
    .where('account', '=', account)
    .where('blockedUntil', '>', now)
    .executeTakeFirst();
  return row?.until ?? null;
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
