import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { queued } from '../../platform/jobs/job.ts';
import { throwAny } from '../../platform/problem.ts';
import { entryJson } from '../audit/index.ts';
import { sendResetLink } from '../credentials/index.ts';
import {
  type Customer,
  emailObjections,
  emailTaken,
  insertCustomer,
  normalizeEmail,
  referencePattern,
  sendConfirmation,
  sendWelcome,
} from '../customers/index.ts';
import { checkPassword, hashPassword } from '../passwords/index.ts';
import type { NewAccount } from './new-account.ts';

/**
 * Creates a customer on behalf of staff and queues one email: an invitation to choose a password if there is none, otherwise
 * a confirmation link, or a welcome if the address needs no confirmation.
 *
 * @throws {@link emailInvalid}, {@link emailTooLong}, {@link emailTaken}; {@link passwordRefused}
 */
export async function createCustomer(app: App, account: NewAccount): Promise<Customer> {
  const { password, isConfirmed, ...profile } = { ...account, email: normalizeEmail(account.email) };
  throwAny(emailObjections(profile.email, { taken: false }));
  if (password !== null) await checkPassword(app, password, profile);
  // Hashing takes about 20 ms, so it is done before the transaction holds a connection.
  const passwordHash = password === null ? null : await hashPassword(app, password);

  const now = app.now();
  const id = newId();
  // Without double opt-in addresses are taken for confirmed, as at registration; an invitation confirms them in any case.
  const needsNoProof = isConfirmed || (password !== null && !app.config.DOUBLE_OPT_IN);
  const verifiedAt = needsNoProof ? now : null;
  const row = { ...profile, id, passwordHash, verifiedAt, termsAcceptedAt: null, createdAt: now, updatedAt: now };
  const { customer } = await insertCustomer(
    app.db,
    row,
    referencePattern(app, profile.store),
    entryJson(app, { action: 'customers.created', customerId: id }),
    await app.queue.compose(queued(emailFor(row), { customerId: id })),
  );
  if (!customer) throw emailTaken({});
  return customer;
}

function emailFor({ passwordHash, verifiedAt }: { passwordHash: string | null; verifiedAt: Date | null }) {
  if (passwordHash === null) return sendResetLink;
  return verifiedAt === null ? sendConfirmation : sendWelcome;
}
