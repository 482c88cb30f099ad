import { type App, transact } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { lockCustomer } from '../customers/index.ts';
import { endLink, linkInvalid, readLink, redeemLink } from '../links/index.ts';
import { sendResetLink } from './mails.ts';
import { revokePassword } from './revoke-password.ts';

/**
 * Stops a change of the email address with the token of the link that the present address received.
 *
 * `wasNotMe`: who asked for the change is signed in and may know the password, so every session and token ends, the
 * password is void, and a link that sets a new one is mailed.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}
 */
export async function stopEmailChange(app: App, token: string, { wasNotMe }: { wasNotMe: boolean }): Promise<void> {
  await transact(app, async (app) => {
    const { customerId } = await readLink(app, 'email-change-stop', token);
    // The customer first, then the link, as everywhere: two changes at once cannot wait for each other.
    const customer = await lockCustomer(app.db, customerId);
    await redeemLink(app, 'email-change-stop', token);
    if (!customer) throw linkInvalid({});
    await endLink(app, 'email-change', customerId);
    await record(app, { action: 'customer.email_change_stopped', customerId, facts: { wasNotMe } });
    if (!wasNotMe) return;
    await revokePassword(app, customerId);
    await enqueue(app, sendResetLink, { customerId });
  });
}
