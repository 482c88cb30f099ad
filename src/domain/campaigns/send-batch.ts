import { z } from 'zod';
import { type App, transact } from '../../platform/app.ts';
import { enqueue, enqueueAll, job } from '../../platform/jobs/job.ts';
import { mailResetLink, revokePassword } from '../credentials/index.ts';
import { type Customer, customerById, mailConfirmation } from '../customers/index.ts';
import {
  type Campaign,
  campaignById,
  claimRecipient,
  finishCampaign,
  queueRecipients,
  releaseRecipient,
  waitingRecipients,
} from './queries.ts';

/** Recipients a run: their jobs are queued in well under a second, so that a crash repeats little. */
const BATCH = 200;

/**
 * Claims a batch of recipients and queues their emails; claiming and queueing commit together, so a crash repeats no one
 * and forgets no one. Each batch begins where the one before it ended: finding recipients never means passing over those
 * who are done.
 */
export const sendCampaignBatch = job({
  name: 'campaigns.send-batch',
  payload: z.object({ campaignId: z.uuid(), after: z.uuid().optional() }),
  async run(app, { campaignId, after }) {
    const campaign = await campaignById(app.db, campaignId);
    if (!campaign) return;
    const ids = await waitingRecipients(app.db, campaignId, after, BATCH);
    const last = ids.at(-1);
    if (last === undefined) return finishCampaign(app.db, campaignId, app.now());
    if (campaign.revoke) await revokePasswords(app, ids);
    await transact(app, async (app) => {
      const queued = await queueRecipients(app.db, campaignId, ids);
      await enqueueAll(
        app,
        sendCampaignMail,
        queued.map((customerId) => ({ campaignId, customerId })),
      );
      await enqueue(app, sendCampaignBatch, { campaignId, after: last });
    });
  },
});

/** Each in a transaction of its own: no customer is held while the others are seen to. Repeating it changes nothing. */
async function revokePasswords(app: App, customerIds: readonly string[]): Promise<void> {
  for (const customerId of customerIds) await revokePassword(app, customerId);
}

/** Mails one recipient, unless that was done: marked, committed, sent, marked. Nothing is held while the mail server is talked to. */
export const sendCampaignMail = job({
  name: 'campaigns.send-mail',
  payload: z.object({ campaignId: z.uuid(), customerId: z.uuid() }),
  async run(app, recipient, jobId) {
    const { campaignId, customerId } = recipient;
    const state = await claimRecipient(app.db, recipient, jobId, app.now());
    // Tried again later, in case that worker is gone by then.
    if (state === 'sending') throw new Error('another worker is sending this email');
    if (state === 'claimed') {
      const end = (state: 'queued' | 'sent' | 'skipped') => releaseRecipient(app.db, recipient, jobId, state);
      try {
        const campaign = await campaignById(app.db, campaignId);
        const customer = await customerById(app.db, customerId);
        const sent = campaign && customer ? await mailTo(app, customer, campaign) : false;
        await end(sent ? 'sent' : 'skipped');
      } catch (error) {
        await end('queued');
        throw error;
      }
    }
    await finishCampaign(app.db, campaignId, app.now());
  },
});

/** Mails what the campaign is about; false for a customer who has no use for it any more. */
function mailTo(app: App, customer: Customer, { kind, store }: Campaign): Promise<boolean> | false {
  if (kind === 'confirm') return mailConfirmation(app, customer, store ?? customer.store);
  // Whoever chose a password meanwhile needs no link that sets the first one.
  if (kind === 'set' && customer.state !== 'invited') return false;
  return mailResetLink(app, customer, store ?? customer.store);
}
