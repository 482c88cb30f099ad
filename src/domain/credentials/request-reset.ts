import type { App } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { mayAskForMail } from '../throttle/index.ts';
import { sendResetLink } from './mails.ts';

/** Mails a reset link if the address has an account. Says nothing, and takes as long, either way. */
export async function requestReset(app: App, email: string): Promise<void> {
  if (await mayAskForMail(app, email, app.origin.network)) await enqueue(app, sendResetLink, { email });
}
