import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { entryOf } from '../audit/index.ts';
import type { Customer } from '../customers/index.ts';

export interface FinishedSignIn {
  customer: Customer;
  now: Date;
  /** Counters that hold the attempt, and the one of them whose failures are forgotten. */
  held: readonly string[];
  clear: string | null;
  entry: ReturnType<typeof entryOf>;
}

/**
 * Notes a log-in, ends its attempt and writes its audit entry, in one statement: every log-in takes this way. False, and
 * nothing is written, when the password or the state changed since the customer was read.
 *
 * The transaction's commit does not wait for the disk: what a crash of the machine could lose are log-ins of its last
 * half second, whose owners log in again.
 */
export async function finishSignIn(db: Db, { customer, now, held, clear, entry }: FinishedSignIn): Promise<boolean> {
  const { rows } = await sql<{ noted: boolean }>`
    with noted as (
      update customer set last_sign_in_at = ${now}
      where id = ${customer.id} and state = ${customer.state}
        and password_changed_at is not distinct from ${customer.passwordChangedAt}
      returning set_config('synchronous_commit', 'off', true)
    ), released as (
      update throttle set
        trying = greatest(trying - 1, 0),
        failures = case when key = ${clear} then 0 else failures end,
        blocked_until = case when key = ${clear} then null else blocked_until end
      where key in (select key from throttle where key = any(${held}) order by key for update)
        and exists (select 1 from noted)
    ), entry as (
      insert into audit_entry (id, at, action, customer_id, actor, actor_id, door, network, request_id, facts)
      select ${entry.id}::uuid, ${entry.at}::timestamptz, ${entry.action}::text, ${entry.customerId}::uuid, ${entry.actor}::text,
        ${entry.actorId}::text, ${entry.door}::text, ${entry.network}::text, ${entry.requestId}::text, ${entry.facts}::jsonb
      from noted
    )
    select exists (select 1 from noted) as noted`.execute(db);
  return rows[0]?.noted ?? false;
}
