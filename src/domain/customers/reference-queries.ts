import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

/** How references look and how far apart their numbers are. */
export interface ReferencePattern {
  prefix: string;
  padding: number;
  stepMin: number;
  stepMax: number;
}

/** Draws the next references, which no table names; see `migrations/0028_customer_references.sql`. */
export async function drawReferences(db: Db, pattern: ReferencePattern, count: number): Promise<string[]> {
  const { prefix, padding, stepMin, stepMax } = pattern;
  const { rows } = await sql<{ reference: string }>`
    select draw_customer_reference(${prefix}, ${padding}::int, ${stepMin}::int, ${stepMax}::int) as reference
    from generate_series(1, ${count}::int)`.execute(db);
  return rows.map(({ reference }) => reference);
}

/** Lets references go on after a number that is in use, and waits for those who drew one and have not stored it yet. */
export async function raiseNumber(db: Db, used: number): Promise<void> {
  await sql`select raise_number('customer_reference_number', ${used}::bigint)`.execute(db);
}

/** Like `raiseNumber`, but does not wait if references are beyond the number already. */
export async function raiseNumberIfBehind(db: Db, used: number): Promise<void> {
  await sql`
    select raise_number('customer_reference_number', ${used}::bigint)
    from customer_reference_number where last_value <= ${used}::bigint`.execute(db);
}

/** Lets references and `customer.number` start above an offset. */
export async function startNumbersAbove(db: Db, offset: number): Promise<void> {
  await sql`
    select raise_number(name::regclass, ${offset}::bigint)
    from (values ('customer_reference_number', (select last_value from customer_reference_number)),
      ('customer_number_seq', (select last_value from customer_number_seq))) counter (name, last_value)
    where last_value <= ${offset}::bigint`.execute(db);
}
