import { z } from 'zod';
import { type App, transact } from '../../platform/app.ts';
import { job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { type Customer, customerById, lockCustomer, recipient } from '../customers/index.ts';
import { issueLink } from '../links/index.ts';
import { shopLinkUrl } from '../stores/index.ts';

/** Asked for with an address, known or not: the job finds out, so that asking takes as long for either. */
export const sendResetLink = job({
  name: 'credentials.send-reset-link',
  payload: z.object({ customerId: z.uuid() }),
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (customer) await mailResetLink(app, customer);
  },
});

/** Mails a link that sets a new password, or the first one. Locked accounts get none. */
export async function mailResetLink(app: App, customer: Customer, store = customer.store): Promise<boolean> {
  if (customer.state === 'locked') return false;
  // Whoever had a password before is not invited, though it was taken away.
  const invited = customer.state === 'invited' && customer.passwordChangedAt === null;
  // With the customer held: whoever is erased meanwhile leaves no link.
  const token = await transact(app, async (app) =>
    (await lockCustomer(app.db, customer.id))
      ? issueLink(app, invited ? 'invitation' : 'reset', customer.id)
      : undefined,
  );
  if (!token) return false;
  const letters = await import('./mail/letters.tsx');
  const letter = (invited ? letters.invitationLetter : letters.resetLetter)(
    app,
    customer,
    await shopLinkUrl(app, { ...customer, store }, 'restore', token),
  );
  await sendLetter(app, recipient(customer), letter);
  return true;
}

export const sendPasswordChanged = job({
  name: 'credentials.send-password-changed',
  payload: z.object({ customerId: z.uuid() }),
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    const { passwordChangedLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      recipient(customer),
      passwordChangedLetter(app, customer, await shopLinkUrl(app, customer, 'forgotten')),
    );
  },
});

export const credentialMails = [sendResetLink, sendPasswordChanged];
