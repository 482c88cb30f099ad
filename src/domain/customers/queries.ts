import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely';
import { columns } from '../../platform/database/json.ts';
import type { Db } from '../../platform/database/open.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { DB } from '../../platform/database/tables.ts';
import { violatesUnique } from '../../platform/database/unique.ts';
import type { ComposedJob } from '../../platform/jobs/queries.ts';
import { audited, beforeAndAfter, type Changes, type EntryJson, preparedWithJob } from '../audit/index.ts';
import type { ReferencePattern } from './reference-queries.ts';
import { type Customer, type CustomerState, emailKey, type Shopper, states } from './customer.ts';

const shown = [
  'id',
  'number',
  'reference',
  'email',
  'salutation',
  'firstName',
  'lastName',
  'company',
  'gender',
  'dateOfBirth',
  'phone',
  'locale',
  'store',
  'newsletter',
  'state',
  'verifiedAt',
  'passwordChangedAt',
  'accessEndedAt',
  'lastSignInAt',
  'createdAt',
  'updatedAt',
] as const;

type Row = Omit<Customer, 'state'> & { state: string | null };

const toCustomer = (row: Row): Customer => ({ ...row, state: stateOf(row) });

function stateOf(row: { id: string; state: string | null }): CustomerState {
  const state = states.find((state) => state === row.state);
  if (!state) throw new Error(`customer ${row.id} is in no known state`);
  return state;
}

const customers = (db: Db) => db.selectFrom('customer').select(shown).where('anonymizedAt', 'is', null);

const shopperFields = [
  'id',
  'number',
  'reference',
  'email',
  'salutation',
  'firstName',
  'lastName',
  'gender',
  'dateOfBirth',
  'state',
  'accessEndedAt',
  'createdAt',
  'updatedAt',
] as const;

/** The query for who has a reference; `toShopper` reads its row. */
export const shopperQuery = (db: Db, reference: string) =>
  db.selectFrom('customer').select(shopperFields).where('anonymizedAt', 'is', null).where('reference', '=', reference);

const shopper = prepared(shopperQuery);

export const toShopper = <Found extends { id: string; state: string | null }>(row: Found) => ({
  ...row,
  state: stateOf(row),
});

/** Undefined when nobody has the reference, or nobody any more. */
export async function shopperByReference(db: Db, reference: string): Promise<Shopper | undefined> {
  const row = await shopper(db, reference);
  return row && toShopper(row);
}

/** Living customers by their ids; the order is not theirs. */
export async function shoppersByIds(db: Db, ids: readonly string[]): Promise<Shopper[]> {
  const rows = await db
    .selectFrom('customer')
    .select(shopperFields)
    .where('anonymizedAt', 'is', null)
    .where('id', 'in', ids)
    .execute();
  return rows.map(toShopper);
}

const byReference = prepared((db, reference: string) => customers(db).where('reference', '=', reference));

/** Undefined when nobody has the reference, or nobody any more. */
export async function customerByReference(db: Db, reference: string): Promise<Customer | undefined> {
  const row = await byReference(db, reference);
  return row && toCustomer(row);
}

const byId = prepared((db, id: string) => customers(db).where('id', '=', id));

export async function customerById(db: Db, id: string): Promise<Customer | undefined> {
  const row = await byId(db, id);
  return row && toCustomer(row);
}

/** In any letter case. */
export async function customerByEmail(db: Db, email: string): Promise<Customer | undefined> {
  const row = await customers(db).where('emailKey', '=', emailKey(email)).executeTakeFirst();
  return row && toCustomer(row);
}

/** The query for the customer of an e-mail key and the hash of the password; `toCredentials` reads its row. */
export const credentialsQuery = (db: Db, key: string) =>
  customers(db).select('passwordHash').where('emailKey', '=', key);
export type CredentialsRow = Row & { passwordHash: string | null };

/** The customer and the hash of the password, for those who verify it. */
export async function credentialsById(
  db: Db,
  id: string,
): Promise<{ customer: Customer; passwordHash: string | null } | undefined> {
  const row = await customers(db).select('passwordHash').where('id', '=', id).executeTakeFirst();
  return row && toCredentials(row);
}

export function toCredentials({ passwordHash, ...row }: CredentialsRow) {
  return { customer: toCustomer(row), passwordHash };
}

/** Columns of a new customer; the numbers are drawn. */
const newColumns =
  sql.raw(`id, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, store,
  newsletter, password_hash, verified_at, terms_accepted_at, created_at, updated_at`);

const insertStatement = preparedWithJob(
  (
    job,
    given: string,
    prefix: string,
    padding: number,
    stepMin: number,
    stepMax: number,
    entry: string,
    changes: string,
  ) =>
    audited<{ drawn: string } & (Row | { id: null })>(
      sql`drawn as materialized (
        select draw_customer_reference(${prefix}::text, ${padding}::int, ${stepMin}::int, ${stepMax}::int) as reference,
          draw_number('customer_number_seq', ${stepMin}::int, ${stepMax}::int) as number
      ), changed as (
        insert into customer (number, reference, ${newColumns})
        select drawn.number, drawn.reference, ${newColumns}
        from drawn, (select ${newColumns} from jsonb_populate_record(null::customer, ${given}::jsonb)) as given
        on conflict (email_key) do nothing
        returning ${sql.join(shown.map((name) => sql.ref(name)))}
      )`,
      { entry, changes },
      {
        job,
        facts: sql`jsonb_build_object('store', store, 'state', state)`,
        answer: sql`select drawn.reference as drawn, changed.* from drawn left join changed on true`,
      },
    ),
);

type NewRow = Pick<
  Insertable<DB['customer']>,
  'id' | 'email' | 'passwordHash' | 'verifiedAt' | 'termsAcceptedAt' | 'createdAt' | 'updatedAt' | 'locale'
>;

/**
 * Stores a customer under a reference that is drawn along with it, with its audit entry and its job, in one statement.
 * `customer` is undefined when the e-mail address is taken, and nothing but the numbers is gone then; the unique index
 * decides, so two requests cannot both win.
 */
export async function insertCustomer(
  db: Db,
  customer: NewRow,
  pattern: ReferencePattern,
  { entry, changes }: EntryJson,
  job: ComposedJob,
): Promise<{ drawn: string; customer: Customer | undefined }> {
  const { prefix, padding, stepMin, stepMax } = pattern;
  const given = JSON.stringify(columns({ newsletter: false, ...customer, emailKey: emailKey(customer.email) }));
  const row = await insertStatement(db, job, given, prefix, padding, stepMin, stepMax, entry, changes);
  if (!row) throw new Error('a statement that always has a row had none');
  const { drawn, ...found } = row;
  return { drawn, customer: found.id === null ? undefined : toCustomer(found) };
}

/** Changes a living customer; undefined when there is none. */
export async function updateCustomer(
  db: Db,
  id: string,
  changes: Updateable<DB['customer']>,
): Promise<Customer | undefined> {
  const row = await db
    .updateTable('customer')
    .set(changes)
    .where('id', '=', id)
    .where('anonymizedAt', 'is', null)
    .returning(shown)
    .executeTakeFirst();
  return row && toCustomer(row);
}

/**
 * The condition that a customer may still be changed by who asks: not erased, and with an access token that was not ended
 * since it was issued; see `holdCustomer`. `issuedAt` is null for who needs no token.
 */
export const mayBeChanged = (issuedAt: Date | null): RawBuilder<boolean> => sql`anonymized_at is null
  and (access_ended_at is null or ${issuedAt}::timestamptz is null or access_ended_at < ${issuedAt}::timestamptz)`;

const patchProfile = prepared(
  (_db, id: string, issuedAt: Date | null, before: string, patch: string, now: Date, entry: string, changes: string) =>
    audited<Row>(
      sql`changed as (
        update customer c
        set (salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, newsletter, updated_at) = (
          select salutation, first_name, last_name, company, gender, date_of_birth, phone, locale, newsletter, ${now}::timestamptz
          from jsonb_populate_record(c, ${patch}::jsonb)
        )
        where id = ${id}::uuid and ${mayBeChanged(issuedAt)} and to_jsonb(c) @> ${before}::jsonb
        returning ${sql.join(shown.map((name) => sql.ref(name)))}
      )`,
      { entry, changes },
    ),
);

/**
 * Changes a profile with its audit entry, if each field still is what the change says it was before; undefined otherwise, and
 * for a customer who may not be changed any more.
 */
export async function changeProfile(
  db: Db,
  id: string,
  changes: Changes,
  { now, issuedAt, entry }: { now: Date; issuedAt: Date | null; entry: EntryJson },
): Promise<Customer | undefined> {
  const [before, patch] = beforeAndAfter(changes);
  const row = await patchProfile(db, id, issuedAt, before, patch, now, entry.entry, entry.changes);
  return row && toCustomer(row);
}

/** Whether a change failed because another customer was given the email address first. */
export const isEmailConflict = (thrown: unknown): boolean => violatesUnique(thrown, 'customer_email_key_key');

/** An account whose address was never proven, though it has a password; undefined if the address has no such account. */
export async function unconfirmedByEmail(
  db: Db,
  email: string,
): Promise<{ id: string; passwordHash: string } | undefined> {
  const row = await db
    .selectFrom('customer')
    .select(['id', 'passwordHash'])
    .where('emailKey', '=', emailKey(email))
    .where('verifiedAt', 'is', null)
    .where('anonymizedAt', 'is', null)
    .executeTakeFirst();
  return row?.passwordHash ? { id: row.id, passwordHash: row.passwordHash } : undefined;
}

/** Marks an unconfirmed registration as contested; returns false if it is already, or was confirmed meanwhile. */
export async function contestRegistration(db: Db, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('customer')
    .set({ registrationContestedAt: now })
    .where('id', '=', id)
    .where('registrationContestedAt', 'is', null)
    .where('verifiedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function isRegistrationContested(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('customer').select('registrationContestedAt').where('id', '=', id).executeTakeFirst();
  return row?.registrationContestedAt != null;
}

/** Changes an account that came from a registration and was neither confirmed nor used yet. */
export async function updatePendingRegistration(
  db: Db,
  id: string,
  changes: Updateable<DB['customer']>,
): Promise<void> {
  await db
    .updateTable('customer')
    .set(changes)
    .where('id', '=', id)
    .where('verifiedAt', 'is', null)
    .where('importRunId', 'is', null)
    .where('termsAcceptedAt', 'is not', null)
    .where('lastSignInAt', 'is', null)
    .execute();
}

/** Holds the row until the transaction ends, so that what is decided about it still holds when it is written. */
export async function lockCustomer(db: Db, id: string): Promise<Customer | undefined> {
  const row = await customers(db).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toCustomer(row);
}

/** Replaces a hash by a better one of the same password, unless the password changed meanwhile. */
export async function replaceHash(db: Db, id: string, stale: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('customer')
    .set({ passwordHash })
    .where('id', '=', id)
    .where('passwordHash', '=', stale)
    .execute();
}

/** Everything about one customer that is theirs to know. */
export function exportCustomer(db: Db, id: string) {
  return db
    .selectFrom('customer')
    .select([...shown, 'termsAcceptedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function hasCustomers(db: Db): Promise<boolean> {
  return (await db.selectFrom('customer').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Replaces the rows of a block by their sum. Rows that another instance sums up at this moment are left to it. */
export async function sumTally(db: Db): Promise<void> {
  await sql`
    with summed as (
      delete from customer_tally
      where block in (select block from customer_tally group by block having count(*) > 1)
      returning block, living
    )
    insert into customer_tally (block, living) select block, sum(living) from summed group by block`.execute(db);
}
