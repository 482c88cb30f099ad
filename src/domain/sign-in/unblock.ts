import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { customerById } from '../customers/index.ts';
import { linkInvalid, redeemLink } from '../links/index.ts';
import { liftBlocks } from '../throttle/index.ts';

/**
 * Lifts the blocks of an account with the token of the mailed link. Returns the customer's id, so that the browser that
 * asked can be remembered as the owner's.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}
 */
export async function unblockByLink(app: App, token: string): Promise<string> {
  return transact(app, async (app) => {
    const { customerId } = await redeemLink(app, 'unlock', token);
    await unblock(app, customerId);
    return customerId;
  });
}

/** Lifts the blocks of an account; what staff do for a customer on the phone. */
export async function unblock(app: App, customerId: string): Promise<void> {
  await transact(app, async (app) => {
    const customer = await customerById(app.db, customerId);
    if (!customer) throw linkInvalid({});
    await liftBlocks(app, customer.email);
    await record(app, { action: 'sign-in.unblocked', customerId });
  });
}
