import { sql } from 'kysely';
import type { Origin } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';
import type { MergeCounts, MergeRejection } from './importer.ts';

/** What a re-import may change, by the column of the file that says so. */
const updatable: Record<string, string> = {
  email: 'email',
  locale_name: 'locale',
  phone: 'phone',
  salutation: 'salutation',
  first_name: 'first_name',
  last_name: 'last_name',
  company: 'company',
  gender: 'gender',
  date_of_birth: 'date_of_birth',
  store: 'store',
  newsletter: 'newsletter',
};

interface Merge {
  runId: string;
  /** Columns the file has. */
  present: ReadonlySet<string>;
  now: Date;
  /** Of customers whose row names none. */
  locale: string;
  origin: Origin;
}

/**
 * Moves staged rows into `customer` by reference: new ones in one statement, and only what that left in another.
 *
 * Columns the file does not have stay as they are. A password is taken over only while nobody has used or changed the
 * one that is stored, an empty one never removes one, and a confirmed address stays confirmed. Rows are compared, so
 * that importing a file twice changes nothing.
 */
export async function mergeCustomers(db: Db, merge: Merge): Promise<MergeCounts & { rejected: MergeRejection[] }> {
  const { created, staged } = await createCustomers(db, merge);
  if (created === staged) return { created, updated: 0, rejected: [] };
  return { created, ...(await updateCustomers(db, merge)) };
}

/** Inserts what clashes with nothing and takes it out of staging. */
async function createCustomers(db: Db, { runId, now, locale }: Merge): Promise<{ created: number; staged: number }> {
  const { rows } = await sql<{ created: number; staged: number }>`
    with created as (
      insert into customer (id, reference, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone,
        locale, store, newsletter, password_hash, verified_at, import_run_id, created_at, updated_at)
      select id, reference, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone,
        coalesce(locale, ${locale}), store, newsletter, password_hash, verified_at, ${runId}::uuid, coalesce(created_at, ${now}), ${now}
      from import_customer s
      where store is null or store in (select name from store)
      on conflict do nothing
      returning reference
    ),
    done as (
      delete from import_customer s using created where s.reference = created.reference
    )
    select (select count(*) from created) as created, (select count(*) from import_customer) as staged`.execute(db);
  return rows[0] ?? { created: 0, staged: 0 };
}

/**
 * Updates customers that were there before, with an audit entry each, and says what is wrong with the rest. Looking up
 * each row by itself (`lateral … limit 1`) keeps the planner from reading the whole table for a chunk of it.
 */
async function updateCustomers(
  db: Db,
  { runId, present, now, origin }: Merge,
): Promise<{ updated: number; rejected: MergeRejection[] }> {
  const changing = Object.entries(updatable)
    .filter(([column]) => present.has(column))
    .map(([, column]) => column);
  const list = (make: (column: string) => ReturnType<typeof sql>) => sql.join(changing.map(make), sql`, `);
  // The staged locale is empty where the file says nothing; a customer's own is not overwritten by a default.
  const staged = (column: string) =>
    column === 'locale' ? sql`coalesce(s.locale, c.locale)` : sql`s.${sql.ref(column)}`;
  const unused = sql`c.password_changed_at is null and c.last_sign_in_at is null`;
  const takesPassword = sql`s.password_hash is not null and ${unused} and c.password_hash is distinct from s.password_hash`;
  const confirms = sql`c.verified_at is null and s.verified_at is not null`;

  const { rows } = await sql<{ updated: number; rejected: MergeRejection[] | null }>`
    with known as materialized (
      select s.*, c.id as known_id, c.anonymized_at is not null as erased, mail.reference as mail_owner, ident.reference as id_owner,
        store.name is null and s.store is not null as no_store
      from import_customer s
      left join lateral (select id, anonymized_at from customer where reference = s.reference limit 1) c on true
      left join lateral (select reference from customer where email_key = s.email_key and reference <> s.reference limit 1) mail on true
      left join lateral (select reference from customer where id = s.id and reference <> s.reference limit 1) ident on true
      left join store on store.name = s.store
    ),
    rejected as (
      select line, 'email' as column, 'belongs to ' || mail_owner as problem from known where mail_owner is not null
      union all select line, 'uuid', 'belongs to ' || id_owner from known where id_owner is not null
      union all select line, 'customer_reference', 'was anonymized and stays so' from known where erased
      union all select line, 'store', 'is no store' from known where no_store
    ),
    good as (
      select * from known where known_id is not null and mail_owner is null and id_owner is null and not erased and not no_store
    ),
    updated as (
      update customer c set
        ${list((column) => sql`${sql.ref(column)} = ${staged(column)}`)},
        email_key = s.email_key,
        password_hash = case when ${takesPassword} then s.password_hash else c.password_hash end,
        verified_at = coalesce(c.verified_at, s.verified_at),
        updated_at = ${now}
      from good s, customer o
      where c.id = s.known_id and o.id = s.known_id
        and ((${list((column) => sql`c.${sql.ref(column)}`)}) is distinct from (${list(staged)}) or (${takesPassword}) or (${confirms}))
      returning c.id, jsonb_build_object(${list((column) => sql`${sql.lit(column)}, jsonb_build_array(o.${sql.ref(column)}, c.${sql.ref(column)})`)}) as fields,
        o.password_hash is distinct from c.password_hash as password, o.email_key <> c.email_key as moved
    ),
    differing as (
      select id, password, gen_random_uuid() as entry_id,
        (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(fields) where value -> 0 is distinct from value -> 1) as changes
      from updated
    ),
    -- Links that went to an address that is no longer theirs.
    closed as (
      delete from link using updated where link.customer_id = updated.id and updated.moved
    ),
    entries as (
      insert into audit_entry (id, at, action, customer_id, actor, door, facts)
      select entry_id, ${now}, 'customers.edited', id, ${origin.actor}, ${origin.door},
        jsonb_build_object('import', ${runId}::text, 'password', password, 'fields', (select coalesce(jsonb_agg(key), '[]') from jsonb_object_keys(changes) as key))
      from differing
    ),
    personal as (
      insert into audit_values (entry_id, customer_id, changes) select entry_id, id, changes from differing where changes <> '{}'
    )
    select (select count(*) from updated) as updated,
      (select jsonb_agg(jsonb_build_object('line', line, 'column', "column", 'problem', problem) order by line) from rejected) as rejected`.execute(
    db,
  );
  const [{ updated, rejected } = { updated: 0, rejected: null }] = rows;
  return { updated, rejected: rejected ?? [] };
}

/** The stored hashes of customers by reference, for comparing passwords that came in plain text. */
export async function hashesByReference(db: Db, references: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('customer')
    .select(['reference', 'passwordHash'])
    .where('reference', 'in', references)
    .where('passwordHash', 'is not', null)
    .execute();
  return new Map(rows.map(({ reference, passwordHash }) => [reference, passwordHash ?? '']));
}
