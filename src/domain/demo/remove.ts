import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { demoColumn, demoCustomers, demoStaff } from './accounts.ts';
import {
  companiesOf,
  countDemoStaff,
  countOrders,
  deleteCompanies,
  deleteCustomers,
  deleteDemoStaff,
  deleteOrders,
  deleteUnusedLabels,
  demoCustomersForUpdate,
} from './queries.ts';

export interface RemovedDemo {
  customers: number;
  orders: number;
  companies: number;
  staff: number;
  /** Names of companies of the demo shop that others work for by now. */
  kept: string[];
}

/** Removes the accounts of the demo shop with their orders and companies, and nothing else. A dry run only counts. */
export async function removeDemo(app: App, { dryRun }: { dryRun: boolean }): Promise<RemovedDemo> {
  const [people, orders, companyKeys, labels] = await Promise.all([
    demoCustomers(),
    demoColumn('order.csv', 'order_reference'),
    demoColumn('company.csv', 'key'),
    demoColumn('company_unit_address_label.csv', 'name'),
  ]);
  return transact(app, async (app) => {
    const customers = await demoCustomersForUpdate(app.db, people);
    const ids = customers.map(({ id }) => id);
    const companies = await companiesOf(app.db, companyKeys, ids);
    const removable = companies.filter(({ hasOthers }) => !hasOthers).map(({ id }) => id);
    const found = {
      customers: ids.length,
      companies: removable.length,
      kept: companies.filter(({ hasOthers }) => hasOthers).map(({ name }) => name),
    };
    if (dryRun) {
      const staff = await countDemoStaff(app.db, demoStaff);
      return { ...found, orders: await countOrders(app.db, orders, people.references), staff };
    }

    const deletedOrders = await deleteOrders(app.db, orders, people.references);
    // Every domain blanks what a foreign key does not reach: audit values, codes, notifications.
    for (const id of ids) for (const hook of app.privacy) await hook.anonymize(app, id);
    await deleteCustomers(app.db, ids);
    await deleteCompanies(app.db, removable);
    await deleteUnusedLabels(app.db, labels);
    const counts = { ...found, orders: deletedOrders, staff: await deleteDemoStaff(app.db, demoStaff) };
    await record(app, { action: 'demo.removed', facts: { ...counts, kept: found.kept.length } });
    return counts;
  });
}
