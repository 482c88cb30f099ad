import { type RawBuilder, sql } from 'kysely';
import type { App } from '../../platform/app.ts';
import { isUniqueViolation } from '../../platform/database/unique.ts';
import type { Db } from '../../platform/database/open.ts';
import { eraseRegistrations } from '../customers/index.ts';
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
  /** Rows may become customers with another reference than theirs. */
  mayRename: boolean;
  /** No row is expected to be here already, as none of the rows before was. */
  expectsNew: boolean;
  /** New references for rows whose own belongs to another customer here. */
  newReferences: ReadonlyMap<string, string>;
}

/**
 * A subquery for the id of the customer that an import brought under a reference: one it created, or one who had
 * registered here with the same email address. Never a customer who only has that reference here.
 */
export const importedCustomer = (reference: string, more = ''): RawBuilder<unknown> =>
  sql.raw(`(
    select id from customer where import_reference = ${reference} ${more}
    union all
    select id from customer where reference = ${reference} and import_run_id is not null and import_reference is null ${more}
    limit 1
  )`);

/**
 * Moves staged rows into `customer`: new ones in one statement, and only what that left in others.
 *
 * Columns the file does not have stay as they are. A password is taken over only while nobody has used or changed the
 * one that is stored, an empty one never removes one, and a confirmed address stays confirmed. Rows are compared, so
 * that importing a file twice changes nothing.
 */
export async function mergeCustomers(
  app: App,
  merge: Merge,
): Promise<MergeCounts & { rejected: MergeRejection[]; wereNew: boolean }> {
  const all = merge.expectsNew ? await createAll(app.db, merge) : undefined;
  if (all !== undefined) return { created: all, updated: 0, rejected: [], wereNew: true };
  const { created, staged } = await createCustomers(app.db, merge);
  if (created === staged) return { created, updated: 0, rejected: [], wereNew: true };
  const replaced = await replaceRegistrations(app, merge);
  return { created, ...(await updateCustomers(app, merge, replaced)), wereNew: false };
}

/**
 * Inserts all of a chunk, or nothing of it where a row clashes or may not be inserted: then undefined. `on conflict` looks into
 * every unique index twice, which costs a third of the time an import takes.
 */
async function createAll(db: Db, merge: Merge): Promise<number | undefined> {
  await sql`savepoint create_all`.execute(db);
  try {
    const { rows } = await sql<{ created: number; staged: number }>`
      with created as (${insertNew(merge)} returning id)
      select (select count(*) from created) as created, (select count(*) from import_customer) as staged`.execute(db);
    const { created, staged } = rows[0] ?? { created: 0, staged: 1 };
    if (created === staged) {
      await sql`release savepoint create_all`.execute(db);
      return created;
    }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
  await sql`rollback to savepoint create_all`.execute(db);
  return undefined;
}

/** The rows of staging that no import has brought before. */
function insertNew({ runId, now, locale, newReferences }: Merge): RawBuilder<unknown> {
  const given = sql`unnest(${[...newReferences.keys()]}::text[], ${[...newReferences.values()]}::text[])`;
  return sql`
      insert into customer (id, reference, import_reference, email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone,
        locale, store, newsletter, password_hash, verified_at, locked_at, import_run_id, created_at, updated_at)
      select id, coalesce(given.reference, s.reference), case when given.reference is not null then s.reference end,
        email, email_key, salutation, first_name, last_name, company, gender, date_of_birth, phone,
        coalesce(locale, ${locale}), store, newsletter, password_hash, verified_at, locked_at, ${runId}::uuid, coalesce(created_at, ${now}), ${now}
      from import_customer s
      left join ${given} given (file_reference, reference) on given.file_reference = s.reference
      where (store is null or store in (select name from store))
        and (select id from customer where import_reference = s.reference limit 1) is null`;
}

/**
 * Inserts what clashes with nothing and takes it out of staging. Here and below each row is looked up by itself
 * (`limit 1`), which keeps the planner from reading the whole table for a chunk of it.
 */
async function createCustomers(db: Db, merge: Merge): Promise<{ created: number; staged: number }> {
  const { rows } = await sql<{ created: number; staged: number }>`
    with created as (
      ${insertNew(merge)}
      on conflict do nothing
      returning coalesce(import_reference, reference) as reference
    ),
    done as (
      delete from import_customer s using created where s.reference = created.reference
    )
    select (select count(*) from created) as created, (select count(*) from import_customer) as staged`.execute(db);
  return rows[0] ?? { created: 0, staged: 0 };
}

/**
 * Takes over accounts that were registered with the address of a row and never confirmed: a stranger may have done it.
 * Everything that was entered for them is erased, their passwords and sessions first of all. Returns their ids.
 */
async function replaceRegistrations(app: App, { runId, now }: Merge): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from import_customer s
    join lateral (select * from customer where email_key = s.email_key limit 1) c on true
    where c.verified_at is null and c.last_sign_in_at is null and c.locked_at is null and c.import_run_id is null and c.import_reference is null
      and ${importedCustomer('s.reference')} is null
      and (s.store is null or s.store in (select name from store))
      and not exists (select 1 from customer other where other.id = s.id and other.id <> c.id)
    order by c.id`.execute(app.db);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  // A confirmation at this moment either comes first or finds the link gone.
  const held = await sql<{ id: string; emailKey: string }>`
    select id, email_key as "emailKey" from customer where id = any(${ids}::uuid[]) and verified_at is null and last_sign_in_at is null
      and locked_at is null
    order by id for update`.execute(app.db);
  const replaced = held.rows.map(({ id }) => id);
  await eraseRegistrations(app, replaced, 'import');
  await sql`
    update customer c set email = s.email, email_key = s.email_key, anonymized_at = null, terms_accepted_at = null,
      password_changed_at = null, import_run_id = ${runId}::uuid,
      import_reference = case when c.reference <> s.reference then s.reference end, created_at = coalesce(s.created_at, ${now})
    from unnest(${replaced}::uuid[], ${held.rows.map(({ emailKey }) => emailKey)}::text[]) held (id, email_key)
    join import_customer s on s.email_key = held.email_key
    where c.id = held.id`.execute(app.db);
  return replaced;
}

/**
 * Updates customers that were there before, with an audit entry each, and says what is wrong with the rest.
 *
 * What customers have registered here themselves stays: a row with their address only fills in what is missing.
 */
async function updateCustomers(
  { db, origin }: Pick<App, 'db' | 'origin'>,
  { runId, present, now, mayRename }: Merge,
  replaced: readonly string[],
): Promise<{ updated: number; rejected: MergeRejection[] }> {
  const changing = Object.entries(updatable)
    .filter(([column]) => present.has(column))
    .map(([, column]) => column);
  const list = (make: (column: string) => RawBuilder<unknown>) => sql.join(changing.map(make), sql`, `);
  const staged = (column: string) => {
    const mine = sql`c.${sql.ref(column)}`;
    if (column === 'email') return sql`case when s.made and s.moved_here is not true then s.email else c.email end`;
    if (column === 'newsletter') return sql`case when s.made then s.${sql.ref(column)} else ${mine} end`;
    // The staged locale is empty where the file says nothing; a customer's own is not overwritten by a default.
    if (column === 'locale') return sql`case when s.made then coalesce(s.locale, ${mine}) else ${mine} end`;
    return sql`case when s.made then s.${sql.ref(column)} else coalesce(${mine}, s.${sql.ref(column)}) end`;
  };
  const unused = sql`c.password_changed_at is null and c.last_sign_in_at is null`;
  const takesPassword = sql`s.made and s.password_hash is not null and ${unused} and c.password_hash is distinct from s.password_hash`;
  const confirms = sql`s.made and c.verified_at is null and s.verified_at is not null`;

  const { rows } = await sql<{ updated: number; rejected: MergeRejection[] | null }>`
    with known as materialized (
      select s.*, coalesce(own.id, mail.id) as known_id, own.id is null as joins, own.made is true as made,
        own.anonymized_at is not null as erased, mail.reference as mail_owner, mail.is_theirs, ident.reference as id_owner,
        own.id is null and holder.id is not null as held,
        -- An address that its owner changed here stays: the one in the file may be a mailbox they lost.
        own.email_key <> s.email_key and exists (
          select from audit_entry where customer_id = own.id and action = 'customers.email-changed'
        ) as moved_here, store.name is null and s.store is not null as no_store
      from import_customer s
      left join lateral (
        select id, email_key, anonymized_at, import_run_id is not null as made from customer where id = ${importedCustomer('s.reference')}
      ) own on true
      -- With double opt-in an address is confirmed after the registration, without it in the same moment, unproven.
      left join lateral (
        select id, reference, own.id is null and import_run_id is null and import_reference is null and verified_at > created_at
          and (reference = s.reference or ${mayRename}) as is_theirs
        from customer where email_key = s.email_key and id is distinct from own.id limit 1
      ) mail on true
      left join lateral (select id from customer where reference = s.reference limit 1) holder on true
      left join lateral (
        select reference from customer where id = s.id and id is distinct from own.id and id is distinct from mail.id limit 1
      ) ident on true
      left join store on store.name = s.store
    ),
    rejected as (
      select line, 'email' as column, 'belongs to ' || mail_owner as problem from known where mail_owner is not null and is_theirs is not true and moved_here is not true
      union all select line, 'uuid', 'belongs to ' || id_owner from known where id_owner is not null
      union all select line, 'customer_reference', 'was anonymized and stays so' from known where erased
      union all select line, 'store', 'is no store' from known where no_store
      union all select line, 'customer_reference', ${REGISTERED_HERE} from known where held and is_theirs is not true
    ),
    good as materialized (
      select * from known where known_id is not null and line not in (select line from rejected) order by known_id
    ),
    missed as (
      select line, 'customer_reference' as column, 'clashes with a change made at the same time: import the row again' as problem
      from known where known_id is null and line not in (select line from rejected)
    ),
    updated as (
      update customer c set
        ${list((column) => sql`${sql.ref(column)} = ${staged(column)}`)},
        email_key = case when s.made and s.moved_here is not true then s.email_key else c.email_key end,
        password_hash = case when ${takesPassword} then s.password_hash else c.password_hash end,
        verified_at = case when s.made then coalesce(c.verified_at, s.verified_at) else c.verified_at end,
        import_reference = case when s.joins then s.reference else c.import_reference end,
        updated_at = ${now}
      from good s, customer o
      where c.id = s.known_id and o.id = s.known_id
        and ((${list((column) => sql`c.${sql.ref(column)}`)}) is distinct from (${list(staged)}) or (${takesPassword}) or (${confirms})
          or s.joins or c.id = any(${replaced}::uuid[]))
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
      (select jsonb_agg(jsonb_build_object('line', line, 'column', "column", 'problem', problem) order by line)
        from (select * from rejected union all select * from missed) refused) as rejected`.execute(db);
  const [{ updated, rejected } = { updated: 0, rejected: null }] = rows;
  return { updated, rejected: rejected ?? [] };
}

/** What is wrong with a row that names a customer by a reference that only they have here. */
export const REGISTERED_HERE = 'belongs to a customer who registered here';

/** Those of some references of a file that another customer has here, and that no import brought. */
export async function takenReferences(db: Db, references: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ reference: string }>`
    select named.reference from unnest(${references}::text[]) named (reference)
    where (select id from customer where reference = named.reference limit 1) is not null
      and ${importedCustomer('named.reference')} is null`.execute(db);
  return rows.map(({ reference }) => reference);
}

/** The stored hashes of customers by the reference of the file, for comparing passwords that came in plain text. */
export async function hashesByReference(db: Db, references: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ reference: string; passwordHash: string }>`
    select named.reference, c.password_hash as "passwordHash" from unnest(${references}::text[]) named (reference)
    join lateral (select password_hash from customer where id = ${importedCustomer('named.reference')}) c on true
    where c.password_hash is not null`.execute(db);
  return new Map(rows.map(({ reference, passwordHash }) => [reference, passwordHash]));
}
