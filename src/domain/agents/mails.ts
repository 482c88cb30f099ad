import { z } from 'zod';
import { job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { entryById } from '../audit/index.ts';
import { customerById, recipient } from '../customers/index.ts';
import { listStores, shopLinkUrl } from '../stores/index.ts';
import { toImpersonations } from './impersonations.ts';

/** Emails a customer that an agent acts for them. An unconfirmed address may be a stranger's and gets no email. */
export const sendImpersonated = job({
  name: 'agents.send-impersonated',
  payload: z.object({ customerId: z.uuid(), entryId: z.uuid() }),
  async run(app, { customerId, entryId }) {
    const customer = await customerById(app.db, customerId);
    const entry = await entryById(app.db, entryId);
    if (!entry || (customer?.state !== 'active' && customer?.state !== 'invited')) return;
    const [impersonation] = await toImpersonations(app, [entry]);
    if (!impersonation) return;
    const stores = await listStores(app);
    const timeZone = stores.find(({ name }) => name === customer.store)?.timeZone;
    const { impersonatedLetter } = await import('./mail/letters.tsx');
    const letter = impersonatedLetter(app, {
      customer,
      impersonation,
      timeZone,
      url: await shopLinkUrl(app, customer, 'account'),
    });
    await sendLetter(app, recipient(customer), letter);
  },
});
