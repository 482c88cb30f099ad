import type { App } from '../../platform/app.ts';
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
