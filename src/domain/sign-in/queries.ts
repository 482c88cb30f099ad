import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { entryOf } from '../audit/index.ts';
import type { Customer } from '../customers/index.ts';
import type { makeRefreshToken } from '../tokens/index.ts';

export interface FinishedSignIn {
  customer: Customer;
  now: Date;
  /** Counters that hold the attempt, and the one of them whose failures are forgotten. */
  held: readonly string[];
  clear: string | null;
  entry: ReturnType<typeof entryOf>;
  /** The refresh token that comes of it, where it is a token that was asked for. */
  refresh: ReturnType<typeof makeRefreshToken>['row'] | null;
}

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
    tokenHash: Buffer | null,
    family: string | null,
    client: string | null,
    scopes: readonly string[] | null,
    expiresAt: Date | null,
    companyUser: string | null,
  ) => sql<{ noted: boolean }>`
    with p as materialized (
      select ${id}::uuid as id, ${state}::text as state, ${changedAt}::timestamptz as changed_at, ${now}::timestamptz as now,
        ${held}::text[] as held, ${clear}::text as clear, ${entry}::jsonb as entry, ${tokenHash}::bytea as token_hash,
        ${family}::uuid as family_id, ${client}::text as client, ${scopes}::text[] as scopes, ${expiresAt}::timestamptz as expires_at, ${companyUser}::uuid as company_user_id
    ), noted as (
      update customer c set last_sign_in_at = p.now from p
      where c.id = p.id and c.state = p.state and c.password_changed_at is not distinct from p.changed_at
      returning set_config('synchronous_commit', 'off', true)
    ), released as (
      update throttle t set
        trying = greatest(t.trying - 1, 0),
        failures = case when t.key = p.clear then 0 else t.failures end,
        blocked_until = case when t.key = p.clear then null else t.blocked_until end
      from p
      where t.key in (select key from throttle, p where key = any(p.held) order by key for update of throttle)
        and exists (select 1 from noted)
    ), entry as (
      insert into audit_entry (id, at, action, customer_id, actor, actor_id, door, network, request_id, facts)
      select e.id, e.at, e.action, e."customerId", e.actor, e."actorId", e.door, e.network, e."requestId", e.facts::jsonb
      from p, noted, jsonb_to_record(p.entry) as e (id uuid, at timestamptz, action text, "customerId" uuid, actor text,
        "actorId" text, door text, network text, "requestId" text, facts text)
    ), refresh as (
      insert into refresh_token (token_hash, family_id, customer_id, company_user_id, client, scopes, created_at, expires_at)
      select token_hash, family_id, id, company_user_id, client, scopes, now, expires_at from p, noted where token_hash is not null
    )
    select exists (select 1 from noted) as noted`,
);

/**
 * Notes a log-in, ends its attempt, writes its audit entry and stores its refresh token, in one statement: every log-in
 * takes this way. False, and nothing is written, when the password or the state changed since the customer was read.
 *
 * Its commit does not wait for the disk: what a crash of the machine could lose are log-ins of its last half second,
 * whose owners log in again.
 */
export async function finishSignIn(db: Db, finished: FinishedSignIn): Promise<boolean> {
  const { customer, now, held, clear, entry, refresh } = finished;
  const row = await finishStatement(
    db,
    customer.id,
    customer.state,
    customer.passwordChangedAt,
    now,
    held,
    clear,
    JSON.stringify(entry),
    refresh?.tokenHash ?? null,
    refresh?.familyId ?? null,
    refresh?.client ?? null,
    refresh?.scopes ?? null,
    refresh?.expiresAt ?? null,
    refresh?.companyUserId ?? null,
  );
  return row?.noted ?? false;
}
