import { type App, transact } from '../../platform/app.ts';
import { isUniqueViolation } from '../../platform/database/unique.ts';
import { accessTokenInvalid, isOver } from '../tokens/index.ts';
import type { Customer } from './customer.ts';
import { customerNotFound } from './problems.ts';
import { lockCustomer } from './queries.ts';

/**
 * Holds a customer until the transaction ends, for a change that the origin of `app` asks for: nobody is erased, locked or
 * given another password meanwhile. What happened since the request was let in counts.
 *
 * @throws {@link customerNotFound}; {@link accessTokenInvalid} when the access token that asks was ended meanwhile.
 */
export async function holdCustomer(app: App, id: string): Promise<Customer> {
  const customer = await lockCustomer(app.db, id);
  if (!customer) throw customerNotFound({});
  if (isOver(customer, app.origin)) throw accessTokenInvalid({});
  return customer;
}

/**
 * Makes a change that one statement can make. Where it finds anything else than it expected and returns undefined, or where a
 * change at the same time was first, it is made again while the customer is held.
 *
 * @param attempt makes the change; `held` is the customer as they are now, once they are held
 * @throws what {@link holdCustomer} throws
 */
export async function changeAtOnce<T>(
  app: App,
  id: string,
  attempt: (app: App, held?: Customer) => Promise<T | undefined>,
): Promise<T | undefined> {
  // What fails within a transaction fails it as a whole.
  const done = app.db.isTransaction ? undefined : await attempt(app).catch(ignoreUniqueViolation);
  return done ?? transact(app, async (app) => attempt(app, await holdCustomer(app, id)));
}

function ignoreUniqueViolation(error: unknown): undefined {
  if (!isUniqueViolation(error)) throw error;
}
