import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

interface Customers {
  references: readonly string[];
  emails: readonly string[];
}

interface Person {
  email: string;
  firstName: string;
  lastName: string;
}

/** Customers with a reference of the demo shop, and either an address of it or its import: others may have drawn one. */
const isDemoCustomer = ({ references, emails }: Customers) => sql<boolean>`
  customer.reference = any(${references}::text[]) and (
    customer.email_key = any(${emails}::text[]) or exists (
      select from import_run where id = customer.import_run_id and source like '%demo/customer.csv'))`;

export async function countDemoCustomers(db: Db, customers: Customers): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from customer where ${isDemoCustomer(customers)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function demoCustomersForUpdate(db: Db, customers: Customers) {
  const { rows } = await sql<{ id: string; reference: string }>`
    select id, reference from customer where ${isDemoCustomer(customers)} order by id for update`.execute(db);
  return rows;
}

const isDemoStaff = (people: readonly Person[]) => sql<boolean>`
  (email_key, first_name, last_name) in (
    select * from unnest(${people.map(({ email }) => email)}::text[], ${people.map(({ firstName }) => firstName)}::text[],
      ${people.map(({ lastName }) => lastName)}::text[]))`;

export async function countDemoStaff(db: Db, people: readonly Person[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from staff_user where state <> 'deleted' and ${isDemoStaff(people)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function deleteDemoStaff(db: Db, people: readonly Person[]): Promise<number> {
  const { rows } = await sql`delete from staff_user where ${isDemoStaff(people)} returning 1`.execute(db);
  return rows.length;
}

export async function deleteCustomers(db: Db, ids: readonly string[]): Promise<void> {
  await sql`delete from customer where id = any(${ids}::uuid[])`.execute(db);
}

/** Orders of the demo shop, where a customer of it or nobody placed them. */
const isDemoOrder = (orders: readonly string[], customers: readonly string[]) => sql<boolean>`
  reference = any(${orders}::text[]) and (customer_reference = any(${customers}::text[]) or customer_reference is null)`;

export async function countOrders(db: Db, orders: readonly string[], customers: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from sales_order where ${isDemoOrder(orders, customers)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function deleteOrders(db: Db, orders: readonly string[], customers: readonly string[]): Promise<number> {
  const { rows } = await sql`
    delete from sales_order where ${isDemoOrder(orders, customers)} returning 1`.execute(db);
  return rows.length;
}

/** Companies by key, and whether anybody but these customers works for them. */
export async function companiesOf(db: Db, keys: readonly string[], customerIds: readonly string[]) {
  const { rows } = await sql<{ id: string; name: string; hasOthers: boolean }>`
    select company.id, company.name, exists (
      select from company_user where company_id = company.id and customer_id <> all(${customerIds}::uuid[])
    ) as has_others
    from company where key = any(${keys}::text[]) order by company.id`.execute(db);
  return rows;
}

export async function deleteCompanies(db: Db, ids: readonly string[]): Promise<void> {
  await sql`delete from company where id = any(${ids}::uuid[])`.execute(db);
}

/** Labels that no address has any more. */
export async function deleteUnusedLabels(db: Db, names: readonly string[]): Promise<void> {
  await sql`
    delete from company_unit_address_label label where name = any(${names}::text[])
      and not exists (select from company_unit_address_label_relation where label_id = label.id)`.execute(db);
}
