import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

/** Beginnings of the imported hashes in the database, one for each kind; it may have kinds of which none is left. */
export async function hashKindPrefixes(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('importedHashKind').select('prefix').execute();
  return rows.map(({ prefix }) => prefix);
}

/**
 * The newer time holds the row until the transaction ends, so a sweep waits for an import and then leaves the kind alone.
 * One that was noted less than an hour ago is held and not written again.
 */
export async function upsertHashKinds(db: Db, prefixes: readonly string[], now: Date): Promise<void> {
  await sql`
    insert into imported_hash_kind (prefix, noted_at)
    select prefix, ${now} from unnest(${prefixes}::text[]) as prefix order by prefix
    on conflict (prefix) do update set noted_at = excluded.noted_at
    where imported_hash_kind.noted_at < excluded.noted_at - interval '1 hour'`.execute(db);
}

/** Adds a kind that was seen in use,. */
export async function insertHashKind(db: Db, prefix: string, notedAt: Date): Promise<void> {
  await db
    .insertInto('importedHashKind')
    .values({ prefix, notedAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Deletes kinds that were noted before a time and of which no customer and no staff user has a hash. */
export async function deleteUnusedHashKinds(db: Db, notedBefore: Date): Promise<string[]> {
  const { rows } = await sql<{ prefix: string }>`
    delete from imported_hash_kind k
    where k.noted_at < ${notedBefore}
      and not exists (select from customer where starts_with(password_hash, k.prefix))
      and not exists (select from staff_user where starts_with(password_hash, k.prefix))
    returning prefix`.execute(db);
  return rows.map(({ prefix }) => prefix);
}
