import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { countDemoCustomers, countDemoStaff } from './queries.ts';

/** The people of the demo shop's staff. */
export const demoStaff = [
  { email: 'agent@example.org', firstName: 'Alex', lastName: 'Winter', isAgent: true, roles: ['support'] },
  { email: 'admin@example.org', firstName: 'Ada', lastName: 'Moor', isAgent: false, roles: ['administrator'] },
] as const;

/** A column of a file of the demo shop, each value once. */
export async function demoColumn(file: string, column: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../demo/${file}`, import.meta.url), 'utf8');
  const rows = z.array(z.record(z.string(), z.string())).parse(parse(text, { columns: true, bom: true }));
  return [...new Set(rows.map((row) => row[column] ?? ''))].filter(Boolean);
}

/** Who the customers of the demo shop are: a reference of theirs, with an address of theirs or from their import. */
export async function demoCustomers() {
  const [references, emails] = await Promise.all([
    demoColumn('customer.csv', 'customer_reference'),
    demoColumn('customer.csv', 'email'),
  ]);
  return { references, emails };
}

/** Returns how many accounts of the demo shop the database has. */
export async function countDemoAccounts({ db }: Pick<App, 'db'>): Promise<{ customers: number; staff: number }> {
  const [customers, staff] = await Promise.all([
    countDemoCustomers(db, await demoCustomers()),
    countDemoStaff(db, demoStaff),
  ]);
  return { customers, staff };
}
