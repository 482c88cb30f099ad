import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { queued } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { customerByEmail } from '../customers/index.ts';
import { mayAskForMail, mayEmailMailbox } from '../throttle/index.ts';
import { sendResetLink } from './mails.ts';

/** Mails a reset link if the address has an account. Says nothing, and does as much, either way. */
export async function requestReset(app: App, email: string): Promise<void> {
  if (!(await mayAskForMail(app, email, app.origin.network))) return;
  const mailboxIsFree = await mayEmailMailbox(app, email);
  const found = await customerByEmail(app.db, email);
  // Addresses that strangers make up may not use up what the owner of a confirmed one asks for.
  const customer = found?.verifiedAt || mailboxIsFree ? found : undefined;
  await record(app, {
    action: 'credentials.reset-requested',
    ...(customer ? { customerId: customer.id } : {}),
    job: queued(sendResetLink, { customerId: customer?.id ?? newId() }),
  });
}
