import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { type Customer, customerByEmail, customerByReference } from '../customers/index.ts';
import { lockedOutUntil } from '../throttle/index.ts';
import { accountDetails, type AccountDetails } from './queries.ts';

export interface AccountView extends AccountDetails {
  customer: Customer;
  /** Until when failed sign-ins keep out whoever tries; null if nobody is kept out. */
  lockedOutUntil: Date | null;
}

/**
 * Returns an account as staff see it, and records in the audit log that they looked at personal data. Returns undefined if
 * no customer has the reference or email address, or the customer was anonymized.
 */
export async function viewCustomer(app: App, referenceOrEmail: string): Promise<AccountView | undefined> {
  return transact(app, async (app) => {
    const find = referenceOrEmail.includes('@') ? customerByEmail : customerByReference;
    const customer = await find(app.db, referenceOrEmail);
    const details = customer && (await accountDetails(app.db, customer.id));
    if (!customer || !details) return undefined;
    await record(app, { action: 'customers.viewed', customerId: customer.id });
    return { ...details, customer, lockedOutUntil: await lockedOutUntil(app, customer.email) };
  });
}
