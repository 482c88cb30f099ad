import { z } from 'zod';
import { job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { customerById, recipient } from '../customers/index.ts';
import { issueLink } from '../links/index.ts';
import { pageUrl } from '../stores/index.ts';

/** Tells the owner of an account that log-ins are blocked, with a link that lifts the block. */
export const sendUnlock = job({
  name: 'sign-in.send-unlock',
  payload: z.object({ customerId: z.uuid() }),
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (customer?.state !== 'active') return;
    const token = await issueLink(app, 'unlock', customerId);
    const { unlockLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      recipient(customer),
      unlockLetter(app, customer, pageUrl(app, customer, '/login/unlock', { token })),
    );
  },
});
