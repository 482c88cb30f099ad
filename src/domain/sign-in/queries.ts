import { sql } from 'kysely';
import { earlier } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { type EntryJson, entryParts } from '../audit/index.ts';
import { logInQuery } from '../companies/index.ts';
import {
  credentialsQuery,
  type CredentialsRow,
  type Customer,
  type Shopper,
  shopperQuery,
  toCredentials,
  toShopper,
} from '../customers/index.ts';
import { hasMfa } from '../mfa/index.ts';
import { type Admission, admission, type Attempt, attemptValues, type Reception } from '../throttle/index.ts';
import type { makeRefreshToken } from '../tokens/index.ts';

const beginStatement = prepared(
  (db, emailKey: string, ...attempt: ReturnType<typeof attemptValues>) =>
    sql<Reception & { companyUserId: string | null } & (CredentialsRow | { id: null })>`
    with ${admission(...attempt)}
    select admitted, blocked, c.*, (${logInQuery(db, sql`c.id`)}) as company_user_id
    from reception left join (${credentialsQuery(db, emailKey)}) c on true`,
);

/**
 * Lets an attempt in as `admit` does and reads whom it is for, in one statement: every log-in begins with it.
 * `known` is undefined where nobody has the address; `companyUserId` is whom a log-in acts as, if anybody.
 */
export async function beginSignIn(db: Db, emailKey: string, attempt: Attempt) {
  const row = await beginStatement(db, emailKey, ...attemptValues(attempt));
  if (!row) throw new Error('a statement that always has a row had none');
  const { admitted, blocked, companyUserId, ...found } = row;
  return { admitted, blocked, known: found.id === null ? undefined : { ...toCredentials(found), companyUserId } };
}

const shopperWithMfa = prepared((db, reference: string) =>
  shopperQuery(db, reference).select(hasMfa(sql`customer.id`).as('hasMfa')),
);

/** Who has a reference, and whether a second factor is active there, in one statement. */
export async function shopperAndMfa(
  db: Db,
  reference: string,
): Promise<{ customer: Shopper | undefined; hasMfa: boolean }> {
  const row = await shopperWithMfa(db, reference);
  if (!row) return { customer: undefined, hasMfa: false };
  const { hasMfa, ...customer } = row;
  return { customer: toShopper(customer), hasMfa };
}

export interface FinishedSignIn {
  customer: Customer;
  now: Date;
  /** Counters that hold the attempt, and the one of them whose failures are forgotten. */
  held: readonly string[];
  clear: string | null;
  /** Where it comes from, to be known from now on. */
  network: Admission['network'];
  entry: EntryJson;
  /** The refresh token that comes of it, where it is a token that was asked for. */
  refresh: ReturnType<typeof makeRefreshToken>['row'] | null;
}

/** Seconds; a network that is used every day is written once a day. */
const DAY = 86_400;

const finishStatement = prepared(
  (
    _db,
    id: string,
    state: string,
    changedAt: Date | null,
    now: Date,
    held: readonly string[],
    clear: string | null,
    entry: string,
    changes: string,
    tokenHash: Buffer | null,
    family: string | null,
    client: string | null,
    scopes: readonly string[] | null,
    expiresAt: Date | null,
    companyUser: string | null,
    networkKey: string | null,
    account: string | null,
    today: Date,
  ) => sql<{ noted: boolean }>`
    with noted as (
      update customer set last_sign_in_at = ${now}::timestamptz
      where id = ${id}::uuid and state = ${state}::text and password_changed_at is not distinct from ${changedAt}::timestamptz
      returning set_config('synchronous_commit', 'off', true)
    ), released as (
      update throttle set
        trying = greatest(trying - 1, 0),
        failures = case when key = ${clear}::text then 0 else failures end,
        blocked_until = case when key = ${clear}::text then null else blocked_until end
      where key in (select key from throttle where key = any(${held}::text[]) order by key for update)
        and exists (select from noted)
    ), happened as (select '{}'::jsonb as facts from noted), ${entryParts({ entry, changes })}, refresh as (
      insert into refresh_token (token_hash, family_id, customer_id, company_user_id, client, scopes, created_at, expires_at)
      select ${tokenHash}::bytea, ${family}::uuid, ${id}::uuid, ${companyUser}::uuid, ${client}::text, ${scopes}::text[],
        ${now}::timestamptz, ${expiresAt}::timestamptz
      from noted where ${tokenHash}::bytea is not null
    ), familiar as (
      insert into known_network (key, account, last_used_at)
      select ${networkKey}::text, ${account}::text, ${now}::timestamptz from noted where ${networkKey}::text is not null
      on conflict (key) do update set last_used_at = excluded.last_used_at
        where known_network.last_used_at < ${today}::timestamptz
    )
    select exists (select from noted) as noted`,
);

/**
 * Notes a log-in, ends its attempt, writes its audit entry and stores its refresh token, in one statement: every log-in
 * takes this way. False, and nothing is written, when the password or the state changed since the customer was read.
 *
 * Its commit does not wait for the disk: what a crash of the machine could lose are log-ins of its last half second,
 * whose owners log in again.
 */
export async function finishSignIn(db: Db, finished: FinishedSignIn): Promise<boolean> {
  const { customer, now, held, clear, network, entry, refresh } = finished;
  const row = await finishStatement(
    db,
    customer.id,
    customer.state,
    customer.passwordChangedAt,
    now,
    held,
    clear,
    entry.entry,
    entry.changes,
    refresh?.tokenHash ?? null,
    refresh?.familyId ?? null,
    refresh?.client ?? null,
    refresh?.scopes ?? null,
    refresh?.expiresAt ?? null,
    refresh?.companyUserId ?? null,
    network?.key ?? null,
    network?.account ?? null,
    earlier(now, DAY),
  );
  return row?.noted ?? false;
}
