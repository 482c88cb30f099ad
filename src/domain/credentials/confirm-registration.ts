import { type App, transact } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { assertMay, confirmCustomer, customerById, isRegistrationContested } from '../customers/index.ts';
import { linkInvalid, readLink } from '../links/index.ts';
import { checkPassword, hashPassword } from '../passwords/index.ts';
import { sendResetLink } from './mails.ts';

/**
 * Whether confirming with this link asks for a password, as the address was registered with different ones.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}
 */
export async function confirmingNeedsPassword(app: App, token: string): Promise<boolean> {
  const { customerId } = await readLink(app, 'confirm', token);
  return isRegistrationContested(app.db, customerId);
}

/**
 * Confirms a registration with the token of the mailed link. A contested one that comes without a password is confirmed,
 * has none, and the owner of the mailbox is mailed a link that sets it.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}
 */
export async function confirmRegistration(app: App, token: string): Promise<void> {
  await transact(app, async (app) => {
    const { id, state } = await confirmCustomer(app, token);
    if (state === 'invited') await enqueue(app, sendResetLink, { customerId: id });
  });
}

/**
 * Confirms a registration and sets the password that the owner of the mailbox chose.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}; {@link passwordRefused}
 */
export async function confirmWithPassword(app: App, token: string, password: string): Promise<void> {
  const { customerId } = await readLink(app, 'confirm', token);
  const owner = await customerById(app.db, customerId);
  if (!owner) throw linkInvalid({});
  assertMay('confirm', owner.state);
  await checkPassword(app, password, owner);
  const passwordHash = await hashPassword(app, password);
  await confirmCustomer(app, token, passwordHash);
}
